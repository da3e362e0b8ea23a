import { randomBytes } from "node:crypto";
import { homedir } from "node:os";
import { readFileIfThere, resolveEngineAddress } from "../../../src/cli/engine-address.ts";
import { openDockerEngine } from "../../../src/engine/docker/docker-engine.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { describeEngine } from "../engine.ts";

const IMAGE = "axon-example/busybox:1";
const CHECK = { interval: 100, timeout: 1000, startPeriod: 0, retries: 1000 };

describeEngine("Docker", async () => {
  const deployment = `axontest${randomBytes(4).toString("hex")}`;
  const address = resolveEngineAddress({
    flag: undefined,
    env: process.env,
    readFile: readFileIfThere,
    homedir: homedir(),
  });
  const engine = await openDockerEngine(address, { labels: { "axon.test": deployment } });
  const facts = await engine.inspectImage(IMAGE, new AbortController().signal);
  if (!facts) throw new Error(`the engine has no image ${IMAGE}`);
  const image = { reference: IMAGE, id: facts.id };
  const sleep = { image, command: ["sleep", "1000"] };
  return {
    engine,
    deployment,
    roles: {
      runs: sleep,
      succeeds: { image, command: ["true"] },
      fails: { image, command: ["sh", "-c", "echo one; echo two ü; echo three >&2; exit 3"] },
      healthy: { ...sleep, healthcheck: { ...CHECK, test: ["CMD", "true"] } },
      sick: { ...sleep, healthcheck: { ...CHECK, test: ["CMD", "false"] } },
    },
    dispose: async () => {
      await removeAll(engine, deployment);
      await removeAll(engine, `${deployment}-other`);
      await engine.close();
    },
  };
});

async function removeAll(engine: Engine, deployment: string): Promise<void> {
  const { signal } = new AbortController();
  const { containers, networks, volumes } = await engine.observe(deployment, signal);
  await Promise.all(containers.map(({ id }) => engine.removeContainer(id, signal)));
  await Promise.all(networks.map(({ id }) => engine.removeNetwork(id, signal)));
  await Promise.all(volumes.map(({ name }) => engine.removeVolume(name, signal)));
}

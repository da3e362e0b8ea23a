import { expect, test } from "vitest";
import { openSite, readKeys, type Site } from "../../helpers/axon.ts";
import { startConsul } from "../../helpers/consul.ts";
import { gateway } from "../../helpers/gateway.ts";
import { startEngineProxy, startRecordingProxy } from "../../helpers/recording-proxy.ts";

const HEALTHY = 'image: axon-example/sleeper, healthcheck: {test: "true", interval: 1s}';
const CHAIN = `\
db: {${HEALTHY}, step: 2}
migrate: {image: axon-example/sleeper, cmd: echo migrating, detach: false, require: {db: healthy}}
api: {${HEALTHY}, require: {db: healthy, migrate: completed}}
web: {image: axon-example/sleeper, require: {api: healthy}}
`;

test("a chain of services and a one-shot that is as it was is only read, and the one-shot does not run again", async () => {
  await using consul = await startConsul();
  await using store = await startRecordingProxy(
    { host: "127.0.0.1", port: consul.address.port },
    await gateway(),
  );
  await using engine = await startEngineProxy();
  await using site = openSite(CHAIN);
  const deploy = () =>
    site.axon(["deploy", "-D", site.deployment], {
      AXON_KV: `consul://${store.address}`,
      DOCKER_HOST: `tcp://${engine.address}`,
    });
  expect(await deploy()).toExitWith(0);
  const before = await ids(site);
  const keys = await readKeys(consul.url, "");
  expect(before).toHaveLength(3);
  for (const proxy of [engine, store]) {
    expect(proxy.mutations()).not.toEqual([]);
    proxy.forget();
  }

  expect(await deploy()).toMatchObject({ exitCode: 0, stdout: "No changes.\n", stderr: "" });
  for (const proxy of [engine, store]) {
    expect(proxy.mutations()).toEqual([]);
    expect(proxy.requests).not.toEqual([]);
  }
  const runs = (await site.events()).filter(
    ({ of, action }) => of === "migrate" && action === "start",
  );
  expect(runs).toHaveLength(1);
  expect(await ids(site)).toEqual(before);
  expect(await readKeys(consul.url, "")).toEqual(keys);
});

async function ids(site: Site): Promise<string[]> {
  return (await site.containers()).map(({ Id }) => Id);
}

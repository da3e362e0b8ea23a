import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dockerAt, engineHosts } from "./docker-world.ts";

const run = randomBytes(4).toString("hex");
const cache = mkdtempSync(join(tmpdir(), "axon-cache-"));

/**
 * Brings up what the integration tests talk to (an engine, the images, the built command), and removes what
 * carries this run's label when they are done. AXON_KEEP=1 keeps it for a look.
 */
export function setup(): void {
  process.env.DOCKER_HOST = output("scripts/engine", ["up"]);
  process.env.AXON_NEW_DOCKER_HOST = output("scripts/engine", ["up", "--new"]);
  for (const DOCKER_HOST of engineHosts()) output("scripts/images", [], { DOCKER_HOST });
  output("node", ["scripts/build.mjs"]);
  process.env.AXON_CONSUL_IMAGE ??= "axon-example/consul:1.8";
  // All that is fetched is fetched here, where nothing waits for it with a limit.
  process.env.AXON_COMPOSE = output("scripts/compose", []);
  process.env.AXON_ETCD = output("node", ["scripts/etcd.mjs"]);
  process.env.AXON_REGISTRY = output("node", ["scripts/registry.mjs"]);
  process.env.AXON_ZOOKEEPER = output("node", ["scripts/zookeeper.mjs"]);
  process.env.AXON_TEST_RUN = run;
  process.env.AXON_CACHE = cache;
}

export async function teardown(): Promise<void> {
  rmSync(cache, { recursive: true, force: true });
  if (process.env.AXON_KEEP === "1") return;
  for (const host of engineHosts()) await removeAll(run, host);
}

function output(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const text = execFileSync(command, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  return text.trim();
}

async function removeAll(run: string, host: string): Promise<void> {
  const docker = dockerAt(host);
  const filters = { label: [`axon.test=${run}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(
    containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })),
  );
  const networks = await docker.listNetworks({ filters });
  await Promise.all(networks.map(({ Id }) => docker.getNetwork(Id).remove()));
  const { Volumes } = await docker.listVolumes({ filters: JSON.stringify(filters) as never });
  await Promise.all((Volumes ?? []).map(({ Name }) => docker.getVolume(Name).remove()));
}

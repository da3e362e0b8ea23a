import { randomBytes } from "node:crypto";
import { homedir } from "node:os";
import Dockerode, { type ContainerCreateOptions } from "dockerode";
import { readFileIfThere, resolveEngineAddress } from "../../src/cli/engine-address.ts";
import { openDockerEngine } from "../../src/engine/docker/docker-engine.ts";
import type { EngineAddress } from "../../src/engine/docker/engine-address.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { ImageIdentity } from "../../src/model.ts";

/** An engine, a deployment of one's own on it, and a way to look behind our backs. */
export interface DockerWorld {
  readonly engine: Engine;
  readonly docker: Dockerode;
  readonly address: EngineAddress;
  readonly deployment: string;
  /** A small one with a shell. */
  readonly image: ImageIdentity;
  /** The small one with more instructions of a Dockerfile. */
  addImage(
    name: string,
    changes: readonly string[],
    container?: ContainerCreateOptions,
  ): Promise<ImageIdentity>;
  /** Removes whatever carries the label of this run. */
  dispose(): Promise<void>;
}

const IMAGE = "axon-example/busybox:1";

/** Engines of both ends of the range of API versions, where they are two. Published ports of the newer one are
 * not on this machine's loopback: it may live in a network namespace of its own. */
export function engineHosts(): readonly string[] {
  const { DOCKER_HOST, AXON_NEW_DOCKER_HOST } = process.env;
  return [...new Set([DOCKER_HOST, AXON_NEW_DOCKER_HOST])].filter((host) => host !== undefined);
}

/** As the one that DOCKER_HOST names. */
export function dockerAt(host: string): Dockerode {
  const { DOCKER_HOST } = process.env;
  process.env.DOCKER_HOST = host;
  const docker = new Dockerode();
  if (DOCKER_HOST === undefined) delete process.env.DOCKER_HOST;
  else process.env.DOCKER_HOST = DOCKER_HOST;
  return docker;
}

export async function openDockerWorld(
  host = engineHosts()[0] ?? "unix:///var/run/docker.sock",
): Promise<DockerWorld> {
  const run = `axontest${randomBytes(4).toString("hex")}`;
  const address = resolveEngineAddress({
    flag: host,
    env: process.env,
    readFile: readFileIfThere,
    homedir: homedir(),
  });
  const docker = dockerAt(host);
  const labels = { "axon.test": process.env.AXON_TEST_RUN ?? run, "axon.test.world": run };
  const engine = await openDockerEngine(address, { labels });
  const image = { reference: IMAGE, id: (await docker.getImage(IMAGE).inspect()).Id };
  const images: string[] = [];
  return {
    engine,
    docker,
    address,
    deployment: run,
    image,
    addImage: async (name, changes, container) => {
      const reference = `axon-test/${run}-${name}:1`;
      images.push(reference);
      return { reference, id: await commit(docker, { reference, changes, container }) };
    },
    dispose: async () => {
      await removeLabelled(docker, `axon.test.world=${run}`);
      for (const reference of images) await docker.getImage(reference).remove({ force: true });
      await engine.close();
    },
  };
}

interface Commit {
  readonly reference: string;
  readonly changes: readonly string[];
  /** For what older engines do not take as a change. */
  readonly container: ContainerCreateOptions | undefined;
}

async function commit(docker: Dockerode, { reference, changes, container: more }: Commit) {
  const Labels = { "axon.test": process.env.AXON_TEST_RUN ?? "" };
  const container = await docker.createContainer({ Image: IMAGE, Cmd: ["true"], Labels, ...more });
  const [repo, tag] = reference.split(":");
  // An array would be sent in a form that the engine does not read.
  await container.commit({ repo, tag, changes: changes.join("\n"), pause: false });
  await container.remove();
  return (await docker.getImage(reference).inspect()).Id;
}

async function removeLabelled(docker: Dockerode, label: string): Promise<void> {
  const filters = { label: [label] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(
    containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })),
  );
  const networks = await docker.listNetworks({ filters });
  await Promise.all(networks.map(({ Id }) => docker.getNetwork(Id).remove()));
  const { Volumes } = await docker.listVolumes({ filters: JSON.stringify(filters) as never });
  await Promise.all((Volumes ?? []).map(({ Name }) => docker.getVolume(Name).remove()));
}

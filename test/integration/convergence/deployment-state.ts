import { text as textOf } from "node:stream/consumers";
import type Docker from "dockerode";
import { once } from "../../helpers/once.ts";
import { stableRoutes } from "../../helpers/stable-routes.ts";

export interface Place {
  readonly docker: Docker;
  /** Of Consul's HTTP API. */
  readonly consulUrl: string;
  readonly consulToken?: string;
  readonly deployment: string;
  /** Texts that are another in every world, and what to write in their place. */
  readonly named: Readonly<Record<string, string>>;
}

/** All that a deploy makes, as engine and store tell it, without what is another in every run. */
export async function stateOf(place: Place): Promise<unknown> {
  const [containers, networks, volumes, store] = await Promise.all([
    containersOf(place),
    networksOf(place),
    volumesOf(place),
    storeOf(place),
  ]);
  let text = JSON.stringify({ containers, networks, volumes, store });
  for (const [name, word] of Object.entries(place.named)) text = text.replaceAll(name, word);
  return JSON.parse(text);
}

export async function inspectAll({
  docker,
  deployment,
}: Place): Promise<Docker.ContainerInspectInfo[]> {
  const filters = { label: [`io.axon.deployment=${deployment}`] };
  const listed = await docker.listContainers({ all: true, filters });
  const inspected = await Promise.allSettled(
    listed.map(({ Id }) => docker.getContainer(Id).inspect()),
  );
  // One that has gone meanwhile, because of a request that was still under way, is not there.
  return inspected.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

async function containersOf(place: Place): Promise<object[]> {
  const inspected = await inspectAll(place);
  const files = new Map(
    await Promise.all(inspected.map(async (one) => [one.Id, await filesIn(one, place)] as const)),
  );
  const containers = inspected.map(
    ({ Id, Name, Image, Config, State, HostConfig, Mounts, NetworkSettings }) => ({
      name: Name,
      files: files.get(Id),
      image: Image,
      labels: Config.Labels,
      env: Config.Env.map(withoutToken).sort(),
      cmd: Config.Cmd,
      running: State.Running && !State.Paused,
      user: Config.User,
      health: Config.Healthcheck,
      memory: HostConfig.Memory,
      cpus: HostConfig.NanoCpus,
      // None is told as 0, -1 or nothing.
      pids: Math.max(0, HostConfig.PidsLimit ?? 0),
      ports: Object.keys(HostConfig.PortBindings ?? {}),
      restart: HostConfig.RestartPolicy,
      mounts: Mounts.map(({ Name, Destination }) => `${Name} at ${Destination}`).sort(),
      networks: Object.fromEntries(
        Object.entries(NetworkSettings.Networks)
          .map(([name, { Aliases }]): [string, string[]] => [name, aliases(Aliases, Id)])
          .sort(),
      ),
    }),
  );
  return containers.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** By path: the content of what its label says was put into it; null: it is not there. */
async function filesIn(
  { Id, Config }: Docker.ContainerInspectInfo,
  { docker }: Place,
): Promise<Record<string, string | null>> {
  const told = JSON.parse(Config.Labels["io.axon.files"] ?? "{}") as object;
  const read = async (path: string) => [path, await readIn(docker.getContainer(Id), path)] as const;
  return Object.fromEntries(await Promise.all(Object.keys(told).map(read)));
}

async function readIn(container: Docker.Container, path: string): Promise<string | null> {
  try {
    const archive = await textOf(await container.getArchive({ path }));
    return archive.slice(512).replace(/\0.*/s, "");
  } catch (problem) {
    if ((problem as { readonly statusCode?: number }).statusCode === 404) return null;
    throw problem;
  }
}

/** The engine adds a name of its own to those that were asked for. */
function aliases(found: readonly string[] | null | undefined, id: string): string[] {
  // A service may be called "db", and an id begin with that.
  return (found ?? []).filter((alias) => alias !== id.slice(0, 12)).sort();
}

async function networksOf({ docker, deployment }: Place): Promise<string[]> {
  const networks = await docker.listNetworks({
    filters: { label: [`io.axon.deployment=${deployment}`] },
  });
  return networks.map(({ Name }) => Name).sort();
}

async function volumesOf({ docker, deployment }: Place): Promise<string[]> {
  const { Volumes } = await docker.listVolumes({
    filters: JSON.stringify({ label: [`io.axon.deployment=${deployment}`] }),
  });
  return Volumes.map(({ Name }) => Name).sort();
}

/** What belongs to one run, or is drawn by lot for each deployment. */
const OF_ITS_OWN =
  /^axon\/[^/]+\/(revisions\/|state\/(lock|current|revisions|digest-key|sealing-key)(\/|$))/;

/** It follows from a key that is drawn by lot. */
function withoutToken(variable: string): string {
  return variable.replace(/^(CONSUL_HTTP_TOKEN=).+/, "$1(a token)");
}

async function storeOf(place: Place): Promise<Record<string, unknown>> {
  const { consulUrl, consulToken, deployment } = place;
  const kept = (await readStore(consulUrl, consulToken)).filter(
    ({ key }) =>
      (key.startsWith(`axon/${deployment}/`) || key.includes(`/${deployment}_`)) &&
      !OF_ITS_OWN.test(key),
  );
  const containers = (await inspectAll(place)).map(({ Id, Name }) => ({ id: Id, name: Name }));
  const values = Object.fromEntries(kept.map(({ key, value }) => [key, value]));
  return Object.fromEntries(
    Object.entries(stableRoutes(values, containers)).map(([key, value]) => [
      key,
      key.includes("/state/tasks/") ? withoutTime(value) : value,
    ]),
  );
}

export async function readStore(
  url: string,
  token?: string,
): Promise<{ key: string; value: string }[]> {
  const response = await fetch(`${url}/v1/kv/?recurse`, once(token));
  if (response.status === 404) return [];
  const entries = (await response.json()) as { Key: string; Value: string | null }[];
  return entries.map(({ Key, Value }) => ({
    key: Key,
    value: Buffer.from(Value ?? "", "base64").toString("utf8"),
  }));
}

function withoutTime(record: string): object {
  const { finishedAt: _, ...rest } = JSON.parse(record);
  return rest;
}

import type Docker from "dockerode";
import { execIn } from "./axon.ts";

/** What Axon puts into each container besides what the file says (docs/servicefile.md); of ports, besides. */
const INJECTED =
  /^(DEPLOY_ID|AXON_DEPLOYMENT|AXON_SERVICE|AXON_KV_PREFIX|CONFIG_URL|CONFIG_HOST_AND_PORT|CONFIG_SCHEME|CONSUL_HTTP_(ADDR|TOKEN)|CUSTOMER_ID|REGION_ID|(PORT|SD)(_[A-Z0-9_]+)?)=/;

const LABELS_OF_TOOLS = /^(com\.docker\.compose\.|io\.axon\.|axon\.)/;

export type Facts = Readonly<Record<string, unknown>>;

interface Looking {
  /** The name of a network without that of the project, "" for its own; of a container its service. */
  networks(name: string): string;
  /** Files that Compose mounts, and Axon puts into the container. */
  readonly copied: readonly string[];
}

/** What `docker inspect` says of a container, without names, ids and labels of the tool that made it. */
export function factsOf(
  container: Docker.ContainerInspectInfo,
  { networks, copied }: Looking,
): Facts {
  const { Config, HostConfig, Mounts, Path, Args, Image } = container;
  return given({
    Path,
    Args,
    Image,
    Config: {
      ...Config,
      Image: undefined,
      // Compose says so of containers that it does not follow either.
      AttachStdout: undefined,
      AttachStderr: undefined,
      Healthcheck: healthcheckOf(Config.Healthcheck),
      // An id, its own or that of the container whose network it has.
      Hostname: /^[0-9a-f]{12}$/.test(Config.Hostname) ? undefined : Config.Hostname,
      Env: Config.Env.filter((entry) => !INJECTED.test(entry)).sort(),
      Labels: ownLabels(Config.Labels),
    },
    HostConfig: {
      ...HostConfig,
      // They are looked at as Mounts.
      Binds: undefined,
      Mounts: undefined,
      NetworkMode: networks(HostConfig.NetworkMode ?? ""),
      PidMode: networks(HostConfig.PidMode ?? ""),
      IpcMode: networks(HostConfig.IpcMode ?? ""),
      ...unordered(HostConfig),
      CapAdd: capabilities(HostConfig.CapAdd),
      CapDrop: capabilities(HostConfig.CapDrop),
      RestartPolicy: HostConfig.RestartPolicy?.Name === "no" ? undefined : HostConfig.RestartPolicy,
      PortBindings: portsOf(HostConfig.PortBindings),
    },
    Mounts: Mounts.filter(({ Destination }) => !copied.includes(Destination))
      .map(({ Mode, ...mount }) => mount)
      .sort((a, b) => (a.Destination < b.Destination ? -1 : 1)),
    Networks: networksOf(container, networks),
  }) as Facts;
}

/** Lists whose order means nothing, and options that are spelt in two ways. */
function unordered({ Tmpfs, SecurityOpt, Ulimits, GroupAdd, ExtraHosts }: Docker.HostConfig) {
  const sorted = (text: string) => text.split(",").sort().join(",");
  const tmpfs = Object.entries((Tmpfs ?? {}) as Readonly<Record<string, string>>);
  return {
    Tmpfs: Object.fromEntries(tmpfs.map(([path, options]) => [path, sorted(options)])),
    SecurityOpt: (SecurityOpt as string[] | null)?.map((text) => text.replace(":", "=")).sort(),
    Ulimits: (Ulimits as { Name: string }[] | null)?.toSorted((a, b) => (a.Name < b.Name ? -1 : 1)),
    GroupAdd: GroupAdd?.toSorted(),
    ExtraHosts: (ExtraHosts as string[] | null)?.toSorted(),
  };
}

function capabilities(names: readonly string[] | null | undefined): unknown {
  return names?.map((name) => name.replace(/^CAP_/, "")).sort();
}

/** What is not given is what the engine does by itself; none is what these images have. */
function healthcheckOf(check: Docker.HealthConfig | undefined): unknown {
  if (!check || check.Test?.[0] === "NONE") return undefined;
  const { Interval, Timeout, Retries, ...rest } = check;
  const usual = 30_000_000_000;
  return { ...rest, Interval: Interval || usual, Timeout: Timeout || usual, Retries: Retries || 3 };
}

type PortBindings = Readonly<Record<string, readonly { HostIp: string; HostPort: string }[]>>;

/** Port 0 is none in particular. */
function portsOf(bindings: PortBindings = {}): unknown {
  const entries = Object.entries(bindings).map(([port, hosts]) => [
    port,
    hosts.map(({ HostIp, HostPort }) => `${HostIp}:${HostPort === "0" ? "" : HostPort}`).sort(),
  ]);
  return Object.fromEntries(entries);
}

/** A service that is replaced start-first has its names on a second network, where its successor joins it. */
function networksOf(
  { Id, Name, NetworkSettings }: Docker.ContainerInspectInfo,
  networks: Looking["networks"],
): Facts {
  const isOwnName = (alias: string) => alias === Id.slice(0, 12) || `/${alias}` === Name;
  const all: Record<string, { aliases: string[]; IPAMConfig: unknown; Links: unknown }> = {};
  for (const [network, { Aliases, IPAMConfig, Links }] of Object.entries(
    NetworkSettings.Networks,
  )) {
    const name = networks(network.replace(/\.serving$/, ""));
    const names = ((Aliases ?? []) as string[]).filter((alias) => !isOwnName(alias));
    const aliases = [...new Set([...(all[name]?.aliases ?? []), ...names])].sort();
    all[name] = { aliases, IPAMConfig, Links };
  }
  return all;
}

/** Networks and volumes of a project or deployment, as the engine has them, without labels of the tools. */
export async function resourcesOf(
  docker: Docker,
  label: string,
  networks: Looking["networks"],
): Promise<Facts> {
  const filters = { label: [label] };
  const [nets, { Volumes }] = await Promise.all([
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters: JSON.stringify(filters) as never }),
  ]);
  const lasting = nets.filter(({ Name }) => !Name.endsWith(".serving"));
  const netFacts = lasting.map(({ Name, Driver, Options, Internal, IPAM, Labels }) => {
    // Without a subnet in the file the engine takes a free one.
    const ipam = Name.endsWith("back") ? IPAM : undefined;
    return [networks(Name), given({ Driver, Options, Internal, ipam, Labels: ownLabels(Labels) })];
  });
  const volumeFacts = (Volumes ?? []).map(({ Name, Driver, Options, Labels }) => {
    return [Name, given({ Driver, Options, Labels: ownLabels(Labels) })];
  });
  return { networks: Object.fromEntries(netFacts), volumes: Object.fromEntries(volumeFacts) };
}

function ownLabels(labels: Readonly<Record<string, string>> | null | undefined): unknown {
  const own = Object.entries(labels ?? {}).filter(([name]) => !LABELS_OF_TOOLS.test(name));
  return Object.fromEntries(own);
}

/** The text of files in a container that runs. */
export async function contentsIn(
  container: Docker.Container,
  paths: readonly string[],
): Promise<Facts> {
  const { Name } = await container.inspect();
  const texts = paths.map(async (path) => [path, await execIn(Name.slice(1), ["cat", path])]);
  return Object.fromEntries(await Promise.all(texts));
}

/** Nothing, an empty list and an empty map are the same to an engine. */
function given(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? value.map(given) : undefined;
  if (typeof value !== "object" || value === null) return value || undefined;
  const entries = Object.entries(value).map(([key, part]) => [key, given(part)]);
  const kept = entries.filter(([, part]) => part !== undefined);
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

import type Docker from "dockerode";

/** What Axon puts into each container besides what the file says (docs/servicefile.md); of ports, besides. */
const INJECTED =
  /^(DEPLOY_ID|AXON_DEPLOYMENT|AXON_SERVICE|AXON_KV_PREFIX|CONFIG_URL|CONFIG_HOST_AND_PORT|CONFIG_SCHEME|CONSUL_HTTP_ADDR|CUSTOMER_ID|REGION_ID|(PORT|SD)(_[A-Z0-9_]+)?)=/;

const LABELS_OF_TOOLS = /^(com\.docker\.compose\.|io\.axon\.|axon\.)/;

type Facts = Readonly<Record<string, unknown>>;

/** What `docker inspect` says of a container, without names, ids and labels of the tool that made it. */
export function factsOf(container: Docker.ContainerInspectInfo, networks: Networks): Facts {
  const { Config, HostConfig, Mounts, NetworkSettings, Id, Name, Path, Args, Image } = container;
  const isOwnName = (alias: string) => Id.startsWith(alias) || `/${alias}` === Name;
  const attached = Object.entries(NetworkSettings.Networks).map(([network, settings]) => {
    const { Aliases, IPAMConfig, Links, DriverOpts } = settings as Facts & {
      Aliases: string[] | null;
    };
    const aliases = (Aliases ?? []).filter((alias) => !isOwnName(alias)).sort();
    return [networks(network), { aliases: [...new Set(aliases)], IPAMConfig, Links, DriverOpts }];
  });
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
      Hostname: Id.startsWith(Config.Hostname) ? undefined : Config.Hostname,
      Env: Config.Env.filter((entry) => !INJECTED.test(entry)).sort(),
      Labels: Object.fromEntries(
        Object.entries(Config.Labels).filter(([name]) => !LABELS_OF_TOOLS.test(name)),
      ),
    },
    HostConfig: {
      ...HostConfig,
      // They are looked at as Mounts.
      Binds: undefined,
      Mounts: undefined,
      NetworkMode: networks(HostConfig.NetworkMode ?? ""),
      RestartPolicy: HostConfig.RestartPolicy?.Name === "no" ? undefined : HostConfig.RestartPolicy,
      PortBindings: portsOf(HostConfig.PortBindings),
    },
    Mounts: Mounts.map(({ Mode, ...mount }) => mount).sort((a, b) =>
      a.Destination < b.Destination ? -1 : 1,
    ),
    Networks: Object.fromEntries(attached),
  }) as Facts;
}

/** What is not given is what the engine does by itself. */
function healthcheckOf(check: Docker.HealthConfig | undefined): unknown {
  if (!check || check.Test?.[0] === "NONE") return check?.Test;
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

export type Networks = (name: string) => string;

/** Nothing, an empty list and an empty map are the same to an engine. */
function given(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? value.map(given) : undefined;
  if (typeof value !== "object" || value === null) return value || undefined;
  const entries = Object.entries(value).map(([key, part]) => [key, given(part)]);
  const kept = entries.filter(([, part]) => part !== undefined);
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

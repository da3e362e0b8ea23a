import { BARE_CONTAINER } from "../fields/bare-container.ts";
import type { LiveContainer } from "../live.ts";
import type { ContainerSpec, ImageIdentity, Model, PlacedFile, PublishedPort } from "../model.ts";
import type { Text } from "../secret.ts";
import { routerName } from "./find-router.ts";
import { systemNetwork, systemPart } from "./system-part.ts";

export type RouterKind = "traefik" | "caddy";

/** A port of the host; "" is every address. */
export interface HostPort {
  readonly hostAddress: string;
  readonly hostPort: number;
}

export interface RouterWish {
  readonly kind: RouterKind;
  readonly image: ImageIdentity;
  readonly http: HostPort;
  readonly https: HostPort;
  readonly env: Readonly<Record<string, Text>>;
  readonly files: readonly PlacedFile[];
  /** The one that is there: it stays in its networks, which deployments let it join. */
  readonly live: LiveContainer | undefined;
}

/** What is wanted of the system deployment's part that is the router: one container, its data on a named volume. */
export function routerModel(deployment: string, wish: RouterWish): Model {
  const name = routerName(deployment, wish.kind);
  const network = systemNetwork(deployment);
  const { live } = wish;
  const container: ContainerSpec = {
    ...routerContainer(name, wish),
    networks: live?.spec.networks ?? [{ name: network, aliases: [] }],
  };
  const because = "two routers cannot have the same ports";
  return systemPart(deployment, { service: wish.kind, name, container, because });
}

function routerContainer(
  volume: string,
  { kind, image, http, https, env, files }: RouterWish,
): Omit<ContainerSpec, "networks"> {
  return {
    ...BARE_CONTAINER,
    ...PROGRAMS[kind],
    image,
    env: { ...PROGRAMS[kind].env, ...env },
    files,
    mounts: [{ kind: "volume", source: volume, target: "/data", readOnly: false }],
    publish: [published(80, http), published(443, https)],
    restart: { name: "always", maximumRetries: 0 },
  };
}

function published(port: number, place: HostPort): PublishedPort {
  return { port, protocol: "tcp", ...place };
}

const OFTEN = { interval: 2_000, timeout: 5_000, startPeriod: 0, retries: 15 };

/**
 * Caddy's admin API stays on the loopback of its own container: no network leads there, the engine does. What it
 * was told last is on its volume, and is what it begins with.
 */
const PROGRAMS = {
  caddy: {
    entrypoint: ["caddy"],
    command: ["run", "--resume"],
    env: { CADDY_ADMIN: "127.0.0.1:2019", XDG_CONFIG_HOME: "/data", XDG_DATA_HOME: "/data" },
    healthcheck: {
      test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:2019/config/"],
      ...OFTEN,
    },
    // Names without a dot are containers': where there is none, nobody else is asked, and nothing waits for that.
    dnsOpt: ["ndots:1"],
    dnsSearch: ["."],
  },
  traefik: {
    entrypoint: ["traefik"],
    command: [],
    env: {},
    healthcheck: { test: ["CMD", "traefik", "healthcheck"], ...OFTEN },
  },
} as const satisfies Record<RouterKind, Partial<ContainerSpec>>;

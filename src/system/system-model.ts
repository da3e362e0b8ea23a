import { BARE_CONTAINER } from "../fields/bare-container.ts";
import type { LiveContainer } from "../live.ts";
import type { ContainerSpec, ImageIdentity, Model } from "../model.ts";
import { systemNetwork, systemPart } from "./system-part.ts";

/** On the store's volume, and root's only. */
export const STORE_TOKEN_DIRECTORY = "/consul/data/axon";
/** Consul's own settings that hold the token; the token by itself; and a link to nowhere that is named like it. */
export const STORE_TOKENS_FILE = `${STORE_TOKEN_DIRECTORY}/tokens.json`;
export const STORE_TOKEN_FILE = `${STORE_TOKEN_DIRECTORY}/token`;
export const STORE_TOKEN_LINK = `${STORE_TOKEN_DIRECTORY}/token.link`;
export const TOKEN_FILE_VARIABLE = "CONSUL_HTTP_TOKEN_FILE";

/** The service of the system deployment that is the managed store. */
export const STORE_SERVICE = "consul";
export const STORE_PORT = 8500;
/** The name under which containers of other deployments reach it. */
export const STORE_ALIAS = "consul";

/**
 * What is wanted of the reserved deployment that keeps the managed store: one Consul server whose data is
 * on a named volume. A store that is there keeps its image and its networks: deployments join and leave.
 */
export function systemModel(
  deployment: string,
  image: ImageIdentity,
  live: LiveContainer | undefined,
): Model {
  const name = storeName(deployment);
  const network = systemNetwork(deployment);
  const container: ContainerSpec = {
    ...storeContainer(name, network),
    image: live?.spec.image ?? image,
    ...(live && { networks: live.spec.networks }),
  };
  const because = "there is one store only";
  return systemPart(deployment, { service: STORE_SERVICE, name, container, because });
}

/** Of the container and of its volume. */
export function storeName(deployment: string): string {
  return `axon-${deployment}-${STORE_SERVICE}`;
}

/**
 * A leader in two seconds instead of ten; bound to loopback, so that its own address never changes. Services are
 * registered by names of the engine's DNS, which Consul's own asks for what they mean now.
 */
const COMMAND = [
  "agent",
  "-server",
  "-bootstrap-expect=1",
  "-client=0.0.0.0",
  "-bind=127.0.0.1",
  "-data-dir=/consul/data",
  "-hcl",
  'performance { raft_multiplier = 1 } recursors = ["127.0.0.11"]',
  // Without this file, which holds the token, Consul does not start.
  `-config-file=${STORE_TOKENS_FILE}`,
];

function storeContainer(volume: string, network: string): Omit<ContainerSpec, "image"> {
  return {
    ...BARE_CONTAINER,
    entrypoint: ["consul"],
    command: COMMAND,
    user: "root",
    // For Consul's own tool, in the health check and for who calls it there.
    env: { [TOKEN_FILE_VARIABLE]: STORE_TOKEN_FILE },
    mounts: [{ kind: "volume", source: volume, target: "/consul/data", readOnly: false }],
    publish: [{ port: STORE_PORT, protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 0 }],
    // Answers only when there is a leader that takes the token, so healthy means usable.
    healthcheck: {
      test: ["CMD", "consul", "operator", "raft", "list-peers"],
      interval: 2_000,
      timeout: 5_000,
      startPeriod: 0,
      retries: 15,
    },
    restart: { name: "always", maximumRetries: 0 },
    networks: [{ name: network, aliases: [STORE_ALIAS] }],
  };
}

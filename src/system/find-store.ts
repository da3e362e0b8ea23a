import type { Engine, Tunnel } from "../engine/engine.ts";
import { AxonError } from "../errors.ts";
import type { ConsulAddress } from "../kv/store-address.ts";
import type { LiveContainer } from "../live.ts";
import { STORE_PORT, storeName } from "./system-model.ts";

/** The container of the managed store, whatever state it is in. */
export async function findStore(
  engine: Engine,
  deployment: string,
  signal: AbortSignal,
): Promise<LiveContainer | undefined> {
  const container = await engine.inspectContainer(storeName(deployment), signal);
  const isOurs = container?.identity.deployment === deployment;
  return isOurs && container.identity.kind === "system" ? container : undefined;
}

export interface StoreWay {
  readonly address: ConsulAddress;
  /** Present when the way leads through the engine; to be closed after use. */
  readonly tunnel: Tunnel | undefined;
}

/** How this machine reaches the managed store: its loopback port, or through the engine when that is remote. */
export async function wayToStore(
  engine: Engine,
  container: LiveContainer,
  signal: AbortSignal,
): Promise<StoreWay> {
  if (engine.sharesLoopback) {
    const bound = container.bound.find(({ port }) => port === STORE_PORT);
    if (bound !== undefined) return { address: onLoopback(bound.hostPort), tunnel: undefined };
  }
  const tunnel = await engine.openTunnel(container.id, STORE_PORT, signal);
  return { address: onLoopback(tunnel.port), tunnel };
}

export function storeNotRunning(container: LiveContainer): AxonError {
  return new AxonError(
    "STORE_UNREACHABLE",
    `the managed store ${container.name} is ${container.status}`,
    { hint: "Run axon deploy, which starts it, or start it yourself." },
  );
}

function onLoopback(port: number): ConsulAddress {
  return { kind: "consul", host: "127.0.0.1", port, secure: false, isManaged: true };
}

import type { Engine, Tunnel } from "../engine/engine.ts";
import { AxonError } from "../errors.ts";
import type { StoreAddress } from "../kv/store-address.ts";
import type { LiveContainer, LiveEngine } from "../live.ts";
import { STORE_PORT, STORE_SERVICE } from "./system-model.ts";

/** The container of the managed store, whatever state it is in. */
export function findStore({ containers }: LiveEngine): LiveContainer | undefined {
  return containers.find(
    ({ identity }) => identity.kind === "system" && identity.service === STORE_SERVICE,
  );
}

export interface StoreWay {
  readonly address: StoreAddress;
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
    const port = await engine.publishedPort(container.id, STORE_PORT, signal);
    if (port !== undefined) return { address: onLoopback(port), tunnel: undefined };
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

function onLoopback(port: number): StoreAddress {
  return { kind: "consul", host: "127.0.0.1", port, secure: false };
}

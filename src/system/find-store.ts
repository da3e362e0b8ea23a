import type { Engine, Tunnel } from "../engine/engine.ts";
import { AxonError } from "../errors.ts";
import type { ConsulAddress, Endpoint } from "../kv/store-address.ts";
import type { LiveContainer } from "../live.ts";
import type { Secret } from "../secret.ts";
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

export interface FoundStore {
  readonly container: LiveContainer;
  /** undefined: the store asks for none. */
  readonly token: Secret | undefined;
}

/** How this machine reaches the managed store: its loopback port, or through the engine when that is remote. */
export async function wayToStore(
  engine: Engine,
  { container, token }: FoundStore,
  signal: AbortSignal,
): Promise<StoreWay> {
  const place = engine.sharesLoopback ? placeOf(container) : undefined;
  if (place !== undefined) {
    const locate = async () => {
      const soon = AbortSignal.timeout(LOCATE_MILLISECONDS);
      const now = await engine.inspectContainer(container.name, soon);
      return now && placeOf(now);
    };
    return { address: { ...onLoopback(place.port, token), locate }, tunnel: undefined };
  }
  const tunnel = await engine.openTunnel(container.id, STORE_PORT, signal);
  return { address: onLoopback(tunnel.port, token), tunnel };
}

const LOCATE_MILLISECONDS = 2_000;

function placeOf({ bound }: LiveContainer): Endpoint | undefined {
  const published = bound.find(({ port }) => port === STORE_PORT);
  return published && { host: "127.0.0.1", port: published.hostPort };
}

/** It takes the token that is on its volume: its health check shows it that one. */
export function isSound({ health }: LiveContainer, token: Secret | undefined): boolean {
  return token !== undefined && health !== "unhealthy";
}

/** `exited`; of one that runs and cannot be used, why. */
export function stateOf({ status, health }: LiveContainer): string {
  if (status !== "running") return status;
  return health === "unhealthy" ? "unhealthy" : "without its token";
}

export function storeNotRunning(container: LiveContainer): AxonError {
  const problem = `the managed store ${container.name} is ${stateOf(container)}`;
  return new AxonError("STORE_UNREACHABLE", problem, {
    hint: "Run axon deploy, which starts it.",
  });
}

function onLoopback(port: number, token: Secret | undefined): ConsulAddress {
  const address = { kind: "consul", host: "127.0.0.1", port, secure: false } as const;
  return { ...address, isManaged: true, ...(token && { token }) };
}

import type { Engine, Tunnel } from "../engine/engine.ts";
import type { LiveContainer } from "../live.ts";
import type { PublishedPort } from "../model.ts";

/** The port of its admin API, inside its container. */
export const CADDY_ADMIN_PORT = 2019;

/** The container of a router that Axon runs. */
export function routerName(deployment: string, kind: "caddy" | "traefik"): string {
  return `axon-${deployment}-${kind}`;
}

/** The Caddy that Axon runs, where it runs one. */
export async function findCaddy(
  engine: Engine,
  deployment: string,
  signal: AbortSignal,
): Promise<LiveContainer | undefined> {
  const container = await engine.inspectContainer(routerName(deployment, "caddy"), signal);
  const isOurs = container?.identity.deployment === deployment;
  return isOurs && container.identity.kind === "system" ? container : undefined;
}

export interface RouterWay {
  readonly host: string;
  readonly port: number;
  /** Present when the way leads through the engine; to be closed after use. */
  readonly tunnel: Tunnel | undefined;
}

/** How this machine reaches a port of it: a loopback port, or through the engine when that is remote. */
export async function wayToCaddy(
  engine: Engine,
  { container, port }: { readonly container: LiveContainer; readonly port: number },
  signal: AbortSignal,
): Promise<RouterWay> {
  const isOnLoopback = ({ hostAddress }: PublishedPort) => ["", "127.0.0.1"].includes(hostAddress);
  const bound = container.bound.find((one) => one.port === port && isOnLoopback(one));
  if (engine.sharesLoopback && bound !== undefined) {
    return { host: "127.0.0.1", port: bound.hostPort, tunnel: undefined };
  }
  const tunnel = await engine.openTunnel(container.id, port, signal);
  return { host: "127.0.0.1", port: tunnel.port, tunnel };
}

import type { Engine, Tunnel } from "../engine/engine.ts";
import type { LiveContainer } from "../live.ts";
import type { CaddyAddress } from "../router/caddy/caddy-address.ts";
import type { CaddyListener } from "../router/caddy/caddy-listener.ts";
import { CADDY_ADMIN_PORT, wayToCaddy } from "../system/find-router.ts";
import type { Context } from "./context.ts";

export interface ReachedCaddy {
  /** Of its admin API. */
  readonly address: CaddyAddress;
  readonly listener: CaddyListener;
  close(): Promise<void>;
}

/** The Caddy that Axon runs. */
export async function reachCaddy(
  engine: Engine,
  container: LiveContainer,
  { stop }: Context,
): Promise<ReachedCaddy> {
  const tunnels: Tunnel[] = [];
  const reach = async (inside: number) => {
    const { host, port, tunnel } = await wayToCaddy(engine, { container, port: inside }, stop);
    if (tunnel !== undefined) tunnels.push(tunnel);
    return { host, port };
  };
  return {
    address: { ...(await reach(CADDY_ADMIN_PORT)), asked: `localhost:${CADDY_ADMIN_PORT}` },
    listener: reach,
    close: async () => {
      await Promise.all(tunnels.map((tunnel) => tunnel.close()));
    },
  };
}

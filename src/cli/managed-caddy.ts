import type { Engine } from "../engine/engine.ts";
import type { LiveContainer } from "../live.ts";
import type { CaddyAddress } from "../router/caddy/caddy-address.ts";
import { CADDY_ADMIN_PORT, wayToCaddy } from "../system/find-router.ts";
import type { Context } from "./context.ts";

export interface ReachedCaddy {
  readonly address: CaddyAddress;
  close(): Promise<void>;
}

/** The admin API of the Caddy that Axon runs. */
export async function reachCaddy(
  engine: Engine,
  container: LiveContainer,
  { stop }: Context,
): Promise<ReachedCaddy> {
  const { host, port, tunnel } = await wayToCaddy(engine, container, stop);
  const address = { host, port, asked: `localhost:${CADDY_ADMIN_PORT}` };
  return { address, close: async () => tunnel?.close() };
}

import { AxonError } from "../../errors.ts";
import { authorityIn, withAuthority } from "../../routing/caddy/caddy-authority.ts";
import { asObject, type JsonObject } from "../../routing/caddy/json.ts";
import type { CaddyAddress } from "./caddy-address.ts";
import { CaddyAdmin } from "./caddy-admin.ts";

const MOST_ATTEMPTS = 50;

/** The policy by which Caddy gets certificates, as far as it is Axon's. */
export async function readAuthority(
  address: CaddyAddress,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const { config } = await new CaddyAdmin(address).read(signal);
  return authorityIn(config);
}

/** Puts it in place of the one that is there; undefined: none. What others write meanwhile stays. */
export async function setAuthority(
  address: CaddyAddress,
  policy: JsonObject | undefined,
  signal: AbortSignal,
): Promise<void> {
  const admin = new CaddyAdmin(address);
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const { config, etag } = await admin.read(signal);
    const changed = { config: withAuthority(asObject(config), policy), etag };
    if (await admin.replace(changed, signal)) return;
  }
  const problem = `${admin.description} was changed by others ${MOST_ATTEMPTS} times meanwhile`;
  throw new AxonError("ROUTER_REFUSED", problem, { hint: "Run the command again." });
}

import type { RouteSpec } from "../../model.ts";
import { reveal } from "../../secret.ts";
import { tagOf } from "./caddy-route.ts";
import type { JsonObject } from "./json.ts";

/** The certificate that was given for a route, with its key in the clear. */
export function certificateOf({ name, tls }: RouteSpec): JsonObject | undefined {
  if (tls?.kind !== "certificate") return undefined;
  return { certificate: reveal(tls.certificate), key: reveal(tls.key), tags: [tagOf(name)] };
}

/** The name for which Caddy is to get one by itself: where from is its own configuration, and nobody else's. */
export function automatedOf({ domain, tls }: RouteSpec): string | undefined {
  return tls?.kind === "acme" ? domain : undefined;
}

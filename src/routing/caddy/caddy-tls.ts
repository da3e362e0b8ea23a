import type { RouteSpec } from "../../model.ts";
import { reveal } from "../../secret.ts";
import { tagOf } from "./caddy-route.ts";
import type { JsonObject } from "./json.ts";

/** The certificate that was given for a route, with its key in the clear. */
export function certificateOf({ name, tls }: RouteSpec): JsonObject | undefined {
  if (tls?.kind !== "certificate") return undefined;
  return { certificate: reveal(tls.certificate), key: reveal(tls.key), tags: [tagOf(name)] };
}

/** How Caddy gets one by itself. */
export function policyOf({ name, domain, tls }: RouteSpec): JsonObject | undefined {
  return tls?.kind === "acme" ? { "@id": `axon-acme:${name}`, subjects: [domain] } : undefined;
}

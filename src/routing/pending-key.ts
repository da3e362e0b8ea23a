import type { PendingRoute } from "../model.ts";
import { Secret } from "../secret.ts";

const ROOT = "traefik/axon/pending/";

/** Beside what routers read, where every deployer may write, and where Traefik does not look. */
export function pendingKey({ name, awaits }: PendingRoute): string {
  return `${pendingRoot(awaits.deployment)}${name}`;
}

/** Of all that waits for services of that deployment. */
export function pendingRoot(deployment: string): string {
  return `${ROOT}${deployment}/`;
}

/** Whose service is waited for, and by which route; undefined: the key is about neither. */
export function pendingAt(
  key: string,
): { readonly deployment: string; readonly name: string } | undefined {
  const [, deployment, name] = /^traefik\/axon\/pending\/([^/]+)\/([^/]+)$/.exec(key) ?? [];
  return deployment === undefined || name === undefined ? undefined : { deployment, name };
}

/** All that the route will need, so with the hashes of its users and with its key: it is not for showing. */
export function encodePending(route: PendingRoute): Secret {
  return new Secret(JSON.stringify({ version: 1, route: pack(route) }));
}

function pack(value: unknown): unknown {
  if (value instanceof Secret) return { $secret: value.reveal() };
  if (Array.isArray(value)) return value.map(pack);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pack(item)]));
}

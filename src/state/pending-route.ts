import type { PendingRoute, RouteAuth } from "../model.ts";
import { isDomain, placeOf, routeName } from "../routing/route-name.ts";
import { isRoutablePath } from "../routing/url-path.ts";
import { Secret } from "../secret.ts";
import {
  type Decoded,
  decodeRecord,
  type FieldTests,
  isObject,
  isText,
  maybe,
} from "./json-record.ts";

/** What is waited for at a key of that deployment and that name, as `encodePending` wrote it. */
export function decodePending(
  text: string,
  { deployment, name }: { readonly deployment: string; readonly name: string },
): Decoded<PendingRoute> {
  const decoded = decodeRecord<Envelope>(text, ENVELOPE);
  if (decoded.kind === "unusable") return decoded;
  const { route } = decoded.record;
  if (route.name === name && route.awaits.deployment === deployment)
    return { kind: "record", record: unpack(route) as PendingRoute };
  const about = `${route.name}, which waits for ${route.awaits.deployment}`;
  return { kind: "unusable", reason: `it is about ${about}` };
}

interface Envelope {
  readonly version: 1;
  readonly route: PendingRoute;
}

const AWAITS: FieldTests<PendingRoute["awaits"]> = {
  deployment: isText,
  service: isText,
  port: maybe(isText),
};

const AUTH: FieldTests<RouteAuth> = {
  mode: (value) => value === "digest" || value === "basic",
  realm: isText,
  users: (value) => Array.isArray(value) && value.every(isPackedSecret),
};

const ROUTE: FieldTests<PendingRoute> = {
  name: isText,
  kind: (value) => value === "http" || value === "tcp",
  domain: (value) => isText(value) && isDomain(value),
  path: maybe((value) => isText(value) && isRoutablePath(value)),
  target: isText,
  servers: (value) => Array.isArray(value) && value.length === 0,
  auth: maybe((value) => fits(value, AUTH)),
  rewrite: maybe(isText),
  tls: maybe(isTls),
  redirect: maybe((value) => value === "https"),
  redirectPort: maybe(Number.isInteger),
  awaits: (value) => fits(value, AWAITS),
};

const ENVELOPE: FieldTests<Envelope> = {
  version: (value) => value === 1,
  route: (value) => fits(value, ROUTE) && isNamedAfterItsPlace(value as unknown as PendingRoute),
};

function fits(value: unknown, tests: FieldTests<never>): value is Record<string, unknown> {
  return isObject(value) && Object.entries(tests).every(([name, test]) => test(value[name]));
}

function isTls(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (value.kind === "acme") return maybe(isText)(value.resolver);
  const { kind, certificate, key } = value;
  return (
    kind === "certificate" &&
    (isText(certificate) || isPackedSecret(certificate)) &&
    isPackedSecret(key)
  );
}

/** By its name, everybody sees whose a domain is. */
function isNamedAfterItsPlace({ name, domain, path }: PendingRoute): boolean {
  const deployment = placeOf(name)?.deployment;
  return deployment !== undefined && routeName({ deployment, domain, path }) === name;
}

function isPackedSecret(value: unknown): value is { readonly $secret: string } {
  return isObject(value) && isText(value.$secret);
}

function unpack(value: unknown): unknown {
  if (isPackedSecret(value)) return new Secret(value.$secret);
  if (Array.isArray(value)) return value.map(unpack);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpack(item)]));
}

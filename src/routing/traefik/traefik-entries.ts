import type { RouteSpec } from "../../model.ts";
import { reveal, type Text } from "../../secret.ts";
import { faultsIn } from "./decode.ts";
import { type Entries, entry, listed } from "./entries.ts";
import { middlewareEntries } from "./middleware-entries.ts";
import { middlewareName, plainRouterName } from "./route-of-key.ts";
import { ruleOf } from "./rule.ts";
import { serverEntries } from "./server-entries.ts";

/** The route in Traefik v3's key-value layout, by full key. `servers` is where it leads now: `host:port`. */
export function traefikEntries(
  route: RouteSpec,
  servers: readonly string[],
): Readonly<Record<string, Text>> {
  const entries: Entries = [
    ...(route.kind === "tcp" ? tcpEntries(route, servers) : httpEntries(route, servers)),
    ...certificateEntries(route),
  ];
  const all = Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  checkTaken(all);
  return all;
}

/** What Traefik would not take must not be written: it would take nothing else either. */
function checkTaken(entries: Readonly<Record<string, Text>>): void {
  const texts = Object.entries(entries).map(([key, value]) => [key, reveal(value)]);
  const faults = faultsIn(Object.fromEntries(texts));
  if (faults.length > 0) throw new Error(`Traefik would refuse this route: ${faults.join("; ")}`);
}

function httpEntries(route: RouteSpec, servers: readonly string[]): Entries {
  const { name, tls, redirect } = route;
  const middlewares = middlewareEntries(route);
  const names = [...new Set(middlewares.map(([key]) => key.split("/")[3] ?? ""))];
  const redirection = middlewareName(name, "redirect");
  const serving = names.filter((one) => one !== redirection);
  const plain = redirect === undefined ? serving : [redirection];
  return [
    ...routerEntries(route, { router: name, middlewares: serving }),
    ...tlsEntries(route),
    ...(tls ? routerEntries(route, { router: plainRouterName(name), middlewares: plain }) : []),
    ...serverEntries(route, servers),
    ...middlewares,
  ];
}

/** A router with TLS answers to encrypted connections only, and one without it to all others. */
function tcpEntries(route: RouteSpec, servers: readonly string[]): Entries {
  return [
    ...routerEntries(route, { router: route.name, middlewares: [] }),
    ...tlsEntries(route),
    ...serverEntries(route, servers),
  ];
}

interface Router {
  readonly router: string;
  readonly middlewares: readonly string[];
}

function routerEntries(route: RouteSpec, { router, middlewares }: Router): Entries {
  const root = `traefik/${route.kind}/routers/${router}`;
  return [
    entry(`${root}/rule`, ruleOf(route)),
    entry(`${root}/service`, route.name),
    ...priorityOf(route).map((priority) => entry(`${root}/priority`, priority)),
    ...listed(`${root}/middlewares`, middlewares),
  ];
}

/**
 * Traefik gives a router the length of its rule as its priority, and takes an own one instead. The rule of a named
 * host is as long as its path makes it, and that of a wildcard is longer than that of a host it covers: so wildcards
 * come below all lengths, and among themselves by the length of their paths.
 */
function priorityOf({ kind, domain, path = "" }: RouteSpec): string[] {
  if (!domain.startsWith("*.")) return [];
  // Connections have no path, and below 0 they would come after the rule for all names.
  return [kind === "tcp" ? "1" : String(path.length - LONGEST_PATH)];
}

/** No server takes a request with a path that long. */
const LONGEST_PATH = 1_000_000;

function tlsEntries({ kind, name, domain, tls }: RouteSpec): Entries {
  const root = `traefik/${kind}/routers/${name}/tls`;
  if (tls === undefined) return kind === "tcp" ? [entry(`${root}/passthrough`, "true")] : [];
  if (tls.kind === "certificate") return [entry(root, "true")];
  const wildcard = domain.startsWith("*.") ? [entry(`${root}/domains/0/main`, domain)] : [];
  return [entry(`${root}/certresolver`, tls.resolver ?? USUAL_RESOLVER), ...wildcard];
}

/** What Axon's own router calls the one that it has. */
export const USUAL_RESOLVER = "acme";

/**
 * Certificates are a list that all deployments share, and a list of Traefik's takes any name for a place in it:
 * so each has its route's.
 */
function certificateEntries({ name, tls }: RouteSpec): Entries {
  if (tls?.kind !== "certificate") return [];
  const root = `traefik/tls/certificates/${name}`;
  return [entry(`${root}/certfile`, tls.certificate), entry(`${root}/keyfile`, tls.key)];
}

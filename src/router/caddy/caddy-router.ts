import { setTimeout as sleep } from "node:timers/promises";
import { AxonError } from "../../errors.ts";
import { partsIn, routeNamesIn, withParts } from "../../routing/caddy/caddy-config.ts";
import { entriesIn, partsOf, type RouteParts } from "../../routing/caddy/caddy-format.ts";
import { serversIn, withServers } from "../../routing/caddy/caddy-route.ts";
import { LOOKUP_MILLISECONDS } from "../../routing/caddy/caddy-upstreams.ts";
import { isObject, isSame } from "../../routing/caddy/json.ts";
import { claimOver, placeNamed } from "../../routing/claims.ts";
import type { RouteEntries } from "../../routing/route-format.ts";
import { ownsRoute, placeOf } from "../../routing/route-name.ts";
import type { RouteDrain, Router, RouteSwitch, RouteTarget } from "../router.ts";
import type { CaddyAddress } from "./caddy-address.ts";
import { CaddyAdmin } from "./caddy-admin.ts";
import { type CaddyListener, undelivered } from "./caddy-listener.ts";

const USUAL_DRAIN_SECONDS = 30;
/**
 * So long nothing must have been in flight: Caddy may go by what it has looked up before, and a request that came then may
 * not have been sent on yet.
 */
const IDLE_MILLISECONDS = LOOKUP_MILLISECONDS + 500;
const LOOK_MILLISECONDS = 50;
const MOST_ATTEMPTS = 50;

/**
 * A Caddy that is told by its admin API: one change of its whole configuration, or none. `listener`: where it takes
 * requests; undefined: nobody knows.
 */
export function caddyRouter(address: CaddyAddress, listener?: CaddyListener): Router {
  const admin = new CaddyAdmin(address);
  return {
    description: admin.description,
    // All of it comes with the switch.
    prepare: async () => {},
    switchTo: (target, signal) =>
      change(admin, { name: target.name, map: (parts) => switched(target, parts) }, signal),
    verify: async (target, signal) => {
      const { config } = await admin.read(signal);
      const servers = serversOf(partsIn(config, target.name));
      if (servers.join() !== target.servers.join()) throw notSwitched(target, servers);
      if (listener !== undefined && target.isHealthy) await sendThrough(listener, target, signal);
    },
    awaitDrained: (drain, signal) => awaitDrained(admin, drain, signal),
    // One change replaces another: nothing is left.
    clear: async () => {},
    remove: (name, signal) => change(admin, { name, map: () => ({}) }, signal),
  };
}

interface CaddyState {
  /** Of the deployment, by name. */
  readonly routes: Readonly<Record<string, RouteEntries>>;
  /** Names of those of others. */
  readonly otherRoutes: readonly string[];
}

/** What Caddy has of routes. */
export async function observeCaddy(
  address: CaddyAddress,
  deployment: string,
  signal: AbortSignal,
): Promise<CaddyState> {
  const { config } = await new CaddyAdmin(address).read(signal);
  const names = routeNamesIn(config);
  const own = names.filter((name) => ownsRoute(deployment, name));
  return {
    routes: Object.fromEntries(
      own.map((name) => [name, entriesIn(partsIn(config, name) ?? {})] as const),
    ),
    otherRoutes: names.filter((name) => !own.includes(name)),
  };
}

interface Change {
  readonly name: string;
  readonly map: (parts: RouteParts | undefined) => RouteParts | undefined;
}

/** Reads, changes one route, and writes all of it unless somebody else has written meanwhile: then again. */
async function change(
  admin: CaddyAdmin,
  { name, map }: Change,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const { config, etag } = await admin.read(signal);
    const there = partsIn(config, name);
    const wanted = map(there);
    if (isSameRoute(there, wanted)) return;
    // With the same condition as the change: of two deployments that want a domain at once one gets it.
    const taken = wanted?.route === undefined ? undefined : claimOver(name, routeNamesIn(config));
    if (taken !== undefined) throw taken;
    if (await admin.replace({ config: withParts(config, name, wanted ?? {}), etag }, signal))
      return;
  }
  const problem = `${admin.description} was changed by others ${MOST_ATTEMPTS} times meanwhile`;
  throw new AxonError("ROUTER_REFUSED", problem, { hint: "Run the deploy again." });
}

function isSameRoute(a: RouteParts | undefined, b: RouteParts | undefined): boolean {
  const known = ({ route = null, certificate = null, acme = "" }: RouteParts = {}) => {
    return { route, certificate, acme };
  };
  return isSame(known(a), known(b));
}

function switched(target: RouteSwitch, there: RouteParts | undefined): RouteParts {
  const { spec, servers } = target;
  if (spec !== undefined) return partsOf(spec, servers);
  if (!isObject(there?.route)) throw notSwitched(target, []);
  return { ...there, route: withServers(there.route, servers) };
}

function serversOf(parts: RouteParts | undefined): readonly string[] {
  return isObject(parts?.route) ? serversIn(parts.route) : [];
}

/** Caddy tells how many requests are in flight when it is asked, and does not say when that changes. */
async function awaitDrained(
  admin: CaddyAdmin,
  { servers, atMostSeconds = USUAL_DRAIN_SECONDS }: RouteDrain,
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now();
  let idleSince = began;
  for (;;) {
    const inFlight = await admin.inFlight(signal);
    const now = performance.now();
    if (servers.some((address) => (inFlight.get(address) ?? 0) > 0)) idleSince = now;
    if (now - idleSince >= IDLE_MILLISECONDS || now - began >= atMostSeconds * 1000) return;
    await sleep(LOOK_MILLISECONDS, undefined, { signal });
  }
}

async function sendThrough(
  listener: CaddyListener,
  { name, servers }: RouteTarget,
  signal: AbortSignal,
): Promise<void> {
  const { domain, path = "/" } = placeOf(name) ?? { domain: name };
  const status = await undelivered(listener, { domain, path }, signal);
  if (status === undefined) return;
  const problem = `${placeNamed(name)} is answered with ${status} by Caddy itself: it does not reach ${servers.join(", ")}`;
  throw new AxonError("ROUTE_NOT_SWITCHED", problem, {
    hint: "Does the service listen on that port, on all of its addresses? And is Caddy 2.10 or newer?",
  });
}

function notSwitched({ name, servers }: RouteTarget, there: readonly string[]): AxonError {
  const where = there.length === 0 ? "nowhere" : `to ${there.join(", ")}`;
  return new AxonError(
    "ROUTE_NOT_SWITCHED",
    `${placeNamed(name)} leads ${where} and not to ${servers.join(", ")}`,
    { hint: "Run the deploy again." },
  );
}

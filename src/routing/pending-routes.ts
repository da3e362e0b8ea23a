import type { Model, PendingRoute, RouteSpec } from "../model.ts";
import { own } from "../own.ts";
import { claimsOf, placeText } from "./claims.ts";
import { chooseEndpoint, serverAt } from "./endpoint.ts";
import { impossible } from "./impossible.ts";
import type { RouteFormat } from "./route-format.ts";

/** Routes of other deployments that were waiting for services of this one, as they are now that these are there. */
export function completedRoutes(
  { services, endpoints, routes }: Model,
  { awaited, otherRoutes }: Awaiting,
  format: RouteFormat,
): Readonly<Record<string, RouteSpec>> {
  const taken = new Set([...claimsOf(otherRoutes).keys(), ...Object.values(routes).map(placeText)]);
  const completed = awaited.flatMap(({ awaits, ...route }): RouteSpec[] => {
    if (own(services, awaits.service) === undefined || taken.has(placeText(route))) return [];
    const found = chooseEndpoint({ ...awaits, kind: route.kind }, endpoints);
    if (found === undefined) return [];
    const [port, address] = found;
    const target = `${awaits.deployment}:${awaits.service}:${port}`;
    const completed = { ...route, target, servers: [serverAt(address)] };
    // It is for who wants the route to hear of it.
    return impossible(completed, format) === undefined ? [completed] : [];
  });
  return Object.fromEntries(completed.map((route) => [route.name, route]));
}

interface Awaiting {
  readonly awaited: readonly PendingRoute[];
  /** Names of what other deployments have at the router. */
  readonly otherRoutes: readonly string[];
}

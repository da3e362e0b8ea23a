import type { Model, PendingRoute, RouteSpec } from "../model.ts";
import { own } from "../own.ts";
import { claimsOf, placeText } from "./claims.ts";
import { chooseEndpoint, serverAt } from "./endpoint.ts";
import { impossible } from "./impossible.ts";
import type { RouteFormat } from "./route-format.ts";

type Endpoints = Readonly<Record<string, string>>;

/** Routes of other deployments that were waiting for services of this one, as they are now that these are there. */
export function completedRoutes(
  { services, endpoints, routes }: Model,
  { awaited, otherRoutes }: Awaiting,
  format: RouteFormat,
): Readonly<Record<string, RouteSpec>> {
  const taken = new Set([...claimsOf(otherRoutes).keys(), ...Object.values(routes).map(placeText)]);
  const inOrder = awaited.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const completed = inOrder.flatMap((route): RouteSpec[] => {
    if (own(services, route.awaits.service) === undefined || taken.has(placeText(route))) return [];
    const found = completedWith(endpoints, route);
    // It is for who wants the route to hear of it.
    if (found === undefined || impossible(found, format) !== undefined) return [];
    taken.add(placeText(found));
    return [found];
  });
  return Object.fromEntries(completed.map((route) => [route.name, route]));
}

interface Awaiting {
  readonly awaited: readonly PendingRoute[];
  /** Names of what other deployments have at the router. */
  readonly otherRoutes: readonly string[];
}

/** What an earlier revision waited for may be there by now. `elsewhere`: live endpoints of other deployments. */
export function withArrived(model: Model, elsewhere: Readonly<Record<string, Endpoints>>): Model {
  const waiting = Object.values(model.pending ?? {});
  const arrived = waiting.flatMap((route) => {
    return completedWith(own(elsewhere, route.awaits.deployment) ?? {}, route) ?? [];
  });
  const pending = waiting.filter(({ name }) => !arrived.some((route) => route.name === name));
  return {
    ...model,
    routes: { ...model.routes, ...Object.fromEntries(arrived.map((route) => [route.name, route])) },
    pending: Object.fromEntries(pending.map((route) => [route.name, route])),
  };
}

function completedWith(
  endpoints: Endpoints,
  { awaits, ...route }: PendingRoute,
): RouteSpec | undefined {
  const found = chooseEndpoint({ ...awaits, kind: route.kind }, endpoints);
  if (found === undefined) return undefined;
  const [port, address] = found;
  const target = `${awaits.deployment}:${awaits.service}:${port}`;
  return { ...route, target, servers: [serverAt(address)] };
}

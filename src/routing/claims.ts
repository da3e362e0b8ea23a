import { AxonError, type SourcePosition } from "../errors.ts";
import type { RouteSpec } from "../model.ts";
import { ownsRoute, placeOf } from "./route-name.ts";

type Place = Pick<RouteSpec, "domain" | "path">;

/** Whom each place belongs to that another deployment has, by its text. */
export function claimsOf(otherRoutes: readonly string[]): ReadonlyMap<string, string> {
  const places = otherRoutes.flatMap((name) => placeOf(name) ?? []);
  return new Map(places.map((place) => [placeText(place), place.deployment]));
}

/**
 * Names of the routes of others whose places nobody else can have: those that they have, and those that they
 * wait for. Who has a place already keeps it.
 */
export function claimingRoutes({ routes, otherRoutes, otherPending }: Claiming): readonly string[] {
  const kept = new Set(Object.keys(routes).map(placeNamed));
  return [...otherPending.filter((name) => !kept.has(placeNamed(name))), ...otherRoutes];
}

interface Claiming {
  /** Those that the deployment itself has, by name. */
  readonly routes: Readonly<Record<string, unknown>>;
  readonly otherRoutes: readonly string[];
  readonly otherPending: readonly string[];
}

/** `example.org/shop` */
export function placeText({ domain, path }: Place): string {
  return `${domain}${path ?? ""}`;
}

/** The same of the name of a route. */
export function placeNamed(route: string): string {
  const place = placeOf(route);
  return place === undefined ? route : placeText(place);
}

/** What is to be said where another deployment has the place of a route already; undefined: nobody has. */
export function claimOver(name: string, otherRoutes: readonly string[]): AxonError | undefined {
  const place = placeOf(name);
  if (place === undefined) return undefined;
  const owner = claimsOf(otherRoutes.filter((other) => !ownsRoute(place.deployment, other))).get(
    placeText(place),
  );
  return owner === undefined ? undefined : claimed({ ...place, owner }, place);
}

export function claimed(
  { owner, ...place }: Place & { readonly owner: string },
  { deployment }: { readonly deployment: string },
  at?: SourcePosition,
): AxonError {
  const message = `${placeText(place)} belongs to the deployment ${owner}, and cannot be ${deployment}'s, too`;
  return new AxonError("DOMAIN_CLAIMED", message, {
    at,
    hint: `Take another domain or another path, or remove it from ${owner} first.`,
  });
}

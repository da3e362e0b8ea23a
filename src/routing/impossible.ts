import { AxonError, type SourcePosition } from "../errors.ts";
import type { RouteSpec } from "../model.ts";
import type { RouteFormat } from "./route-format.ts";

/** The error of a route that the router cannot have; undefined where it can. */
export function impossible(
  route: RouteSpec,
  format: RouteFormat,
  at?: SourcePosition,
): AxonError | undefined {
  const refusal = format.refuses(route);
  if (refusal === undefined) return undefined;
  const message = `${route.domain}: ${format.router} has no ${refusal.what}`;
  return new AxonError("ROUTE_IMPOSSIBLE", message, { at, hint: refusal.hint });
}

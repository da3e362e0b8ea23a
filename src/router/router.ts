import type { RouteSpec } from "../model.ts";

/** Where a route leads, or is to lead. */
export interface RouteTarget {
  readonly name: string;
  /** What it is to become besides; undefined: only where it leads changes. */
  readonly spec: RouteSpec | undefined;
  /** `host:port`. */
  readonly servers: readonly string[];
  /** Name of this list of servers, for routers that keep several. */
  readonly generation: number;
}

export interface RouteSwitch extends RouteTarget {
  /** The list that is in use until then; undefined: whichever it is, or none. */
  readonly from: number | undefined;
}

export interface RouteCheck extends RouteTarget {
  /** What it leads to has said that it is well: then a request gets there. */
  readonly isHealthy: boolean;
}

export interface RouteDrain {
  readonly name: string;
  /** `host:port`, by every name and address that the router could know one by. */
  readonly servers: readonly string[];
  /** undefined: the usual. */
  readonly atMostSeconds: number | undefined;
}

/**
 * What sends requests to services, in Axon's words. Adapters turn failures into AxonError (ROUTER_UNREACHABLE,
 * ROUTER_REFUSED, ROUTE_NOT_SWITCHED, or the store's). What is not of the routes that are named is never touched.
 */
export interface Router {
  /** For readers: `caddy://127.0.0.1:2019`. */
  readonly description: string;

  /** Puts beside what serves what the switch needs. No request notices. */
  prepare(target: RouteTarget, signal: AbortSignal): Promise<void>;

  /** All at once: every request is sent either as before or as now. Refused where somebody else has changed the route. */
  switchTo(target: RouteSwitch, signal: AbortSignal): Promise<void>;

  /** Throws ROUTE_NOT_SWITCHED unless the router leads there, and a request gets through where one can be sent. */
  verify(target: RouteCheck, signal: AbortSignal): Promise<void>;

  /** Until no request is in flight to servers that were left; at the latest after the time, which is no failure. */
  awaitDrained(drain: RouteDrain, signal: AbortSignal): Promise<void>;

  /** Removes what earlier switches of the route left. Succeeds where there is nothing. */
  clear(target: Pick<RouteTarget, "name" | "generation">, signal: AbortSignal): Promise<void>;

  /** Succeeds if it is already gone. */
  remove(name: string, signal: AbortSignal): Promise<void>;
}

import type { RouteSpec } from "../model.ts";
import type { Text } from "../secret.ts";

/** What a router keeps, in its own words: path to text. */
export type RouteEntries = Readonly<Record<string, Text>>;

/** How one router says what a route is. Pure. */
export interface RouteFormat {
  /** The name that an address begins with: `traefik`. */
  readonly router: "traefik" | "caddy";
  /**
   * Whether it reaches containers by their names, looked up anew all the time, and so follows a name without
   * being told; else by what stays the same through renames.
   */
  readonly goesByName: boolean;
  /** All that the router is to have of a route that leads to `servers` (`host:port`). */
  entriesOf(route: RouteSpec, servers: readonly string[]): RouteEntries;
  /** Why the router cannot have such a route; undefined: it can. */
  refuses(route: RouteSpec): Refusal | undefined;
  /** Takes what the router has of a route apart. */
  read(name: string, there: RouteEntries): LiveRoute;
  /** Whether a path is part of a list of servers, and changes only with it. */
  isOfList(path: string): boolean;
  /** A path as a reader of a plan sees it, who knows which route it is about. */
  shortPath(path: string, name: string): string;
}

export interface Refusal {
  /** `auth_mode digest`: which part of the domain. */
  readonly what: string;
  readonly hint: string;
}

export interface LiveRoute {
  /** All but where it leads, as `entriesOf` would say it. */
  readonly entries: RouteEntries;
  /** `host:port`, in the router's order. */
  readonly servers: readonly string[];
  /** Which of its lists of servers is in use; 0 for the first. */
  readonly generation: number;
  /** The first that no list has. */
  readonly nextGeneration: number;
  /** Whether something is there that earlier switches left behind. */
  readonly hasLeftovers: boolean;
}

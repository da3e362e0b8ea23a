import type { RouteSpec } from "../../model.ts";
import { reveal, Secret, type Text } from "../../secret.ts";
import type { LiveRoute, Refusal, RouteEntries, RouteFormat } from "../route-format.ts";
import { readable } from "./caddy-readable.ts";
import { caddyRoute } from "./caddy-route.ts";
import { automatedOf, certificateOf } from "./caddy-tls.ts";
import { flatten, isObject, type Json } from "./json.ts";

const SERVER = /^route\/handle\/reverse_proxy\/servers\/(\d+)$/;
const SECRET = /\/password$|^certificate\/key$/;

/** The parts of Caddy's configuration that are one route's. */
export interface RouteParts {
  readonly route?: Json | undefined;
  readonly certificate?: Json | undefined;
  readonly acme?: string | undefined;
}

export const caddyFormat: RouteFormat = {
  router: "caddy",
  goesByName: true,
  entriesOf: (route, servers) => entriesIn(partsOf(route, servers)),
  refuses: refusalOf,
  read: (_, there) => readCaddy(there),
  isOfList: () => false,
  shortPath: (path) => path.replace(/^route\/(handle\/)?|providers\/http_basic\//g, ""),
};

export function partsOf(route: RouteSpec, servers: readonly string[]): RouteParts {
  return {
    route: caddyRoute(route, servers),
    certificate: certificateOf(route),
    acme: automatedOf(route),
  };
}

export function entriesIn({ route, ...others }: RouteParts): RouteEntries {
  const parts = { route: isObject(route) ? readable(route) : route, ...others };
  const texts = Object.entries(parts).flatMap(([name, part]) =>
    part === undefined ? [] : flatten(part, name),
  );
  return Object.fromEntries(
    texts.map(([path, text]): [string, Text] => [
      path,
      SECRET.test(path) ? new Secret(text) : text,
    ]),
  );
}

function refusalOf({ kind, auth, tls }: RouteSpec): Refusal | undefined {
  if (kind === "tcp") {
    return { what: "tcp", hint: "Caddy routes HTTP only: use Traefik, or publish the port." };
  }
  if (auth?.mode === "digest") {
    return { what: "auth_mode digest", hint: "Give the domain auth_mode: basic, or use Traefik." };
  }
  if (tls?.kind === "acme" && tls.resolver !== undefined) {
    return { what: `resolver ${tls.resolver}`, hint: "Write acme: true, or use Traefik." };
  }
  return undefined;
}

/** A change of all of it is one change, so there is one list of servers only. */
function readCaddy(there: RouteEntries): LiveRoute {
  const paths = Object.keys(there);
  const servers = paths.flatMap((path) => {
    const place = SERVER.exec(path)?.[1];
    return place === undefined ? [] : [[Number(place), reveal(there[path] ?? "")] as const];
  });
  const rest = paths.filter((path) => !SERVER.test(path));
  return {
    entries: Object.fromEntries(rest.map((path) => [path, there[path] ?? ""])),
    servers: servers.toSorted(([a], [b]) => a - b).map(([, address]) => address),
    generation: 0,
    nextGeneration: 0,
    hasLeftovers: false,
  };
}

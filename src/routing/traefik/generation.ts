import { reveal, type Text } from "../../secret.ts";
import type { LiveRoute, RouteEntries } from "../route-format.ts";

/** In the name of a route, two hexadecimal digits come after each `=`. */
const GENERATION = /=v(\d+)$/;
const SERVICE_TREE = /^(traefik\/(?:http|tcp)\/services\/)([^/]+)(\/.+)$/;
const SERVICE_KEY = /^traefik\/(?:http|tcp)\/routers\/[^/]+\/service$/;
const SERVER_KEY = /\/loadbalancer\/servers\/\d+\/(url|address)$/;

/**
 * Each list of servers has a tree of its own, and the key `service` of the route's routers says which one is in
 * use: so no reader ever sees half a list.
 */
export function serviceName(route: string, generation: number): string {
  return generation === 0 ? route : `${route}=v${generation}`;
}

/** The route whose list of servers that is. */
export function routeOfService(name: string): string {
  return name.replace(GENERATION, "");
}

function generationOf(route: string, service: string): number | undefined {
  if (service === route) return 0;
  return routeOfService(service) === route ? Number(GENERATION.exec(service)?.[1]) : undefined;
}

/** The same entries, with the list of servers in the tree of that generation. */
export function atGeneration(
  entries: RouteEntries,
  name: string,
  generation: number,
): RouteEntries {
  const service = serviceName(name, generation);
  return mapEntries(entries, (key, value) => {
    const [, root, , rest] = SERVICE_TREE.exec(key) ?? [];
    if (root !== undefined) return [`${root}${service}${rest}`, value];
    const isChoice = SERVICE_KEY.test(key) && reveal(value) === name;
    return [key, isChoice ? service : value];
  });
}

export function isServiceTree(key: string): boolean {
  return SERVICE_TREE.test(key);
}

/** Which key decides where requests go. */
export function isChoice(key: string): boolean {
  return SERVICE_KEY.test(key);
}

export function readTraefik(name: string, there: RouteEntries): LiveRoute {
  const service = currentService(name, there);
  const all = Object.keys(there).flatMap((key) => generationAt(name, key) ?? []);
  const current = mapEntries(there, (key, value) => {
    const [, root, tree, rest] = SERVICE_TREE.exec(key) ?? [];
    if (root === undefined) {
      const isCurrent = SERVICE_KEY.test(key) && reveal(value) === service;
      return [key, isCurrent ? name : value];
    }
    return tree === service ? [`${root}${name}${rest}`, value] : undefined;
  });
  const generation = service === undefined ? undefined : generationOf(name, service);
  const serverKeys = Object.keys(current)
    .filter((key) => SERVER_KEY.test(key))
    .sort();
  return {
    entries: without(current, new Set(serverKeys)),
    servers: serverKeys.map((key) => reveal(current[key] ?? "").replace(/^http:\/\//, "")),
    generation: generation ?? 0,
    nextGeneration: Math.max(-1, ...all) + 1,
    hasLeftovers: all.some((one) => one !== generation),
  };
}

/** The list that the route's own router uses; undefined where that is none of the route's. */
function currentService(name: string, there: RouteEntries): string | undefined {
  const [choice] = ["http", "tcp"].flatMap(
    (kind) => there[`traefik/${kind}/routers/${name}/service`] ?? [],
  );
  const service = choice && reveal(choice);
  return service !== undefined && generationOf(name, service) !== undefined ? service : undefined;
}

export function generationAt(name: string, key: string): number | undefined {
  const tree = SERVICE_TREE.exec(key)?.[2];
  return tree === undefined ? undefined : generationOf(name, tree);
}

function without(entries: RouteEntries, keys: ReadonlySet<string>): RouteEntries {
  return mapEntries(entries, (key, value) => (keys.has(key) ? undefined : [key, value]));
}

function mapEntries(
  entries: RouteEntries,
  map: (key: string, value: Text) => readonly [string, Text] | undefined,
): RouteEntries {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([key, value]) => {
      const mapped = map(key, value);
      return mapped === undefined ? [] : [mapped];
    }),
  );
}

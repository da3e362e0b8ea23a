import type { RouteParts } from "./caddy-format.ts";
import { drainIn, routeIn, tagOf } from "./caddy-route.ts";
import { isObject, type Json, type JsonObject, listAt, objectAt, textAt } from "./json.ts";

/** The HTTP server of Caddy's configuration in which Axon's routes are. */
const SERVER = "axon";
const PLAIN = [":80"];
const WITH_TLS = [":80", ":443"];

/** The parts of a route in the whole configuration; undefined where there are none. */
export function partsIn(config: Json, name: string): RouteParts | undefined {
  const routes = routesIn(config);
  const parts = {
    route: routes.find((route) => routeIn(route) === name),
    drain: routes.find((route) => drainIn(route) === name),
    certificate: certificatesIn(config).find((one) => listAt(one, "tags").includes(tagOf(name))),
    policy: policiesIn(config).find((one) => textAt(one, "@id") === `axon-acme:${name}`),
  };
  return Object.values(parts).some((part) => part !== undefined) ? parts : undefined;
}

/** Names of all routes of Axon's, also those of which only something is left. */
export function routeNamesIn(config: Json): readonly string[] {
  const names = routesIn(config).flatMap((route) => routeIn(route) ?? drainIn(route) ?? []);
  return [...new Set(names)].sort();
}

/** The whole configuration with these parts in place of those that the route had. Nothing else differs. */
export function withParts(config: Json, name: string, parts: RouteParts): Json {
  const others = routesIn(config).filter((one) => routeIn(one) !== name && drainIn(one) !== name);
  const added = [parts.route, parts.drain].filter(isObject);
  return withTls(withRoutes(config, inOrder([...others, ...added])), name, parts);
}

function routesIn(config: Json): readonly Json[] {
  return listAt(serverIn(config), "routes");
}

function serverIn(config: Json): JsonObject | undefined {
  const http = objectAt(objectAt(config, "apps"), "http");
  return objectAt(objectAt(http, "servers"), SERVER);
}

function withRoutes(config: Json, routes: readonly Json[]): JsonObject {
  return inside(config, ["apps", "http", "servers"], (servers) => {
    const { [SERVER]: server, ...others } = servers;
    const made = { listen: PLAIN, automatic_https: { disable: true } };
    const isOurs =
      JSON.stringify({ ...asObject(server), routes: 0 }) === JSON.stringify({ ...made, routes: 0 });
    if (routes.length === 0 && (server === undefined || isOurs)) return others;
    return { ...others, [SERVER]: { ...(isObject(server) ? server : made), routes } };
  });
}

function withTls(config: JsonObject, name: string, parts: RouteParts): JsonObject {
  const certificates = certificatesIn(config).filter(
    (one) => !listAt(one, "tags").includes(tagOf(name)),
  );
  const policies = policiesIn(config).filter((one) => textAt(one, "@id") !== `axon-acme:${name}`);
  const gone = policiesIn(config).filter((one) => !policies.includes(one));
  const load_pem = [...certificates, ...[parts.certificate].filter(isObject)];
  const all = [...[parts.policy].filter(isObject), ...policies];
  const subjects = (list: readonly Json[]) => list.flatMap((one) => listAt(one, "subjects"));
  const automate = new Set([
    ...automatedIn(config).filter((one) => !subjects(gone).includes(one)),
    ...subjects([parts.policy].filter(isObject)),
  ]);
  const loaded = withList(config, ["apps", "tls", "certificates", "load_pem"], load_pem);
  const named = withList(loaded, ["apps", "tls", "certificates", "automate"], [...automate]);
  const filled = withList(named, ["apps", "tls", "automation", "policies"], all);
  return withEncryption(filled, load_pem.some(isAxons) || all.some(isAxons));
}

function isAxons(value: Json): boolean {
  const marks = [...listAt(value, "tags"), textAt(value, "@id")];
  return marks.some((mark) => String(mark).startsWith("axon"));
}

/** Without a list that is empty, and without what holds nothing but that. */
function withList(config: JsonObject, path: readonly string[], list: readonly Json[]): JsonObject {
  const [key = "", ...rest] = path;
  const { [key]: there, ...others } = config;
  if (rest.length === 0) return list.length === 0 ? others : { ...others, [key]: list };
  const part = withList(asObject(there), rest, list);
  return Object.keys(part).length === 0 ? others : { ...others, [key]: part };
}

/** Listens for encrypted connections too, where it listens as Axon has it. */
function withEncryption(config: JsonObject, isEncrypted: boolean): JsonObject {
  return inside(config, ["apps", "http", "servers"], (servers) => {
    const server = asObject(servers[SERVER]);
    if (servers[SERVER] === undefined) return servers;
    const { tls_connection_policies: given, ...plain } = server;
    const policies = isEncrypted ? { tls_connection_policies: given ?? [{}] } : {};
    const isUsual = [PLAIN, WITH_TLS].some((one) => one.join() === listAt(server, "listen").join());
    if (!isUsual) return { ...servers, [SERVER]: { ...server, ...policies } };
    const listen = isEncrypted ? WITH_TLS : PLAIN;
    return { ...servers, [SERVER]: { ...plain, listen, ...policies } };
  });
}

function certificatesIn(config: Json): readonly Json[] {
  return listAt(objectAt(objectAt(objectAt(config, "apps"), "tls"), "certificates"), "load_pem");
}

function automatedIn(config: Json): readonly Json[] {
  return listAt(objectAt(objectAt(objectAt(config, "apps"), "tls"), "certificates"), "automate");
}

function policiesIn(config: Json): readonly Json[] {
  return listAt(objectAt(objectAt(objectAt(config, "apps"), "tls"), "automation"), "policies");
}

function inside(
  config: Json,
  path: readonly string[],
  change: (part: JsonObject) => JsonObject,
): JsonObject {
  const [key, ...rest] = path;
  const part = asObject(config);
  return key === undefined
    ? change(part)
    : { ...part, [key]: inside(part[key] ?? {}, rest, change) };
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** Caddy takes the first that matches: named hosts before wildcards, longer paths before shorter ones, others' first. */
function inOrder(routes: readonly Json[]): readonly Json[] {
  return routes
    .map((route, place) => ({ route, rank: rankOf(route), place }))
    .toSorted((a, b) => a.rank - b.rank || a.place - b.place)
    .map(({ route }) => route);
}

const LONGEST_PATH = 1e6;

function rankOf(route: Json): number {
  if (routeIn(route) === undefined) return drainIn(route) === undefined ? -1 : Number.MAX_VALUE;
  const [matcher] = listAt(route, "match");
  const isWildcard = listAt(matcher, "host").some((host) => String(host).startsWith("*."));
  const path = textAt(objectAt(matcher, "path_regexp"), "pattern") ?? "";
  return (isWildcard ? 2 : 1) * LONGEST_PATH - path.length;
}

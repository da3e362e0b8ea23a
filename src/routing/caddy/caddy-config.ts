import type { RouteParts } from "./caddy-format.ts";
import { acmeDomainIn, routeIn, tagOf } from "./caddy-route.ts";
import {
  asObject,
  isObject,
  isSame,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
  withList,
} from "./json.ts";

/** The HTTP server of Caddy's configuration in which Axon's routes are. */
const SERVER = "axon";
const PLAIN = [":80"];
const WITH_TLS = [":80", ":443"];
/** Certificates are Axon's business. */
const MADE = { automatic_https: { disable: true } };

/** Encryption with whatever certificate fits. */
const NO_POLICY = [{}];

const UNKNOWN_MARK = "axon-unknown";
/** The last route of a server that Axon made: without it, Caddy answers what no route is for with an empty 200. */
const UNKNOWN: JsonObject = {
  "@id": UNKNOWN_MARK,
  handle: [{ handler: "static_response", status_code: 404, body: "no route leads from here\n" }],
};

/** The parts of a route in the whole configuration; undefined where there are none. */
export function partsIn(config: Json, name: string): RouteParts | undefined {
  const routes = routesIn(config);
  const route = routes.find((one) => routeIn(one) === name);
  const domain = route && acmeDomainIn(route);
  const parts = {
    route,
    certificate: certificatesIn(config).find((one) => listAt(one, "tags").includes(tagOf(name))),
    acme: automatedIn(config).find((one) => one === domain),
  };
  return Object.values(parts).some((part) => part !== undefined) ? parts : undefined;
}

/** Names of all routes of Axon's, also of those of which only the certificate is left. */
export function routeNamesIn(config: Json): readonly string[] {
  const names = routesIn(config).flatMap((route) => routeIn(route) ?? []);
  const tags = certificatesIn(config).flatMap((one) => listAt(one, "tags").map(String));
  const tagged = tags.filter(isTag).map((tag) => tag.slice(tagOf("").length));
  return [...new Set([...names, ...tagged])].sort();
}

function isTag(tag: string): boolean {
  return tag.startsWith(tagOf(""));
}

/** The whole configuration with these parts in place of those that the route had. Nothing else differs. */
export function withParts(config: Json, name: string, parts: RouteParts): Json {
  const others = routesIn(config).filter((one) => routeIn(one) !== name);
  const added = [parts.route].filter(isObject);
  const automated = withAutomated(config, name, parts);
  return withTls(withRoutes(automated, inOrder([...others, ...added])), name, parts);
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
    const { [SERVER]: server = { listen: PLAIN, ...MADE }, ...others } = servers;
    const known = routes.filter((one) => !isUnknown(one));
    if (known.length === 0 && isMade(server)) return others;
    const isLast = isMade(server) && known.some((one) => routeIn(one) !== undefined);
    const all = isLast ? [...known, UNKNOWN] : known;
    return { ...others, [SERVER]: { ...asObject(server), routes: all } };
  });
}

function isUnknown(route: Json): boolean {
  return textAt(route, "@id") === UNKNOWN_MARK;
}

/** Axon made the server, and nobody has changed anything of it but its routes. */
function isMade(server: Json): boolean {
  const { listen: _, routes: __, tls_connection_policies: policies, ...rest } = asObject(server);
  const isUsual = policies === undefined || isSame(policies, NO_POLICY);
  const hasUsualPorts = [PLAIN, WITH_TLS].some((one) => isSame(one, listAt(server, "listen")));
  return hasUsualPorts && isUsual && isSame(rest, MADE);
}

function withTls(config: JsonObject, name: string, parts: RouteParts): JsonObject {
  const certificates = certificatesIn(config).filter(
    (one) => !listAt(one, "tags").includes(tagOf(name)),
  );
  const load_pem = [...certificates, ...[parts.certificate].filter(isObject)];
  const loaded = withList(config, ["apps", "tls", "certificates", "load_pem"], load_pem);
  const isAutomated = routesIn(config).some((one) => acmeDomainIn(one) !== undefined);
  return withEncryption(loaded, load_pem.some(isAxons) || isAutomated);
}

function isAxons(certificate: Json): boolean {
  return listAt(certificate, "tags").some((tag) => isTag(String(tag)));
}

/** Another path of a domain is another route, and needs the same certificate. */
function withAutomated(config: Json, name: string, { acme }: RouteParts): JsonObject {
  const routes = routesIn(config);
  const others = routes.filter((one) => routeIn(one) !== name);
  const before = routes.filter((one) => routeIn(one) === name);
  const gone = domainsOf(before).filter((one) => !domainsOf(others).includes(one));
  const kept = automatedIn(config).filter((one) => !gone.some((domain) => domain === one));
  const automate = new Set([...kept, ...(acme === undefined ? [] : [acme])]);
  return withList(asObject(config), ["apps", "tls", "certificates", "automate"], [...automate]);
}

function domainsOf(routes: readonly Json[]): string[] {
  return routes.flatMap((route) => acmeDomainIn(route) ?? []);
}

/** Listens for encrypted connections too, where Axon has made the server. What another listens on is its maker's business. */
function withEncryption(config: JsonObject, isEncrypted: boolean): JsonObject {
  return inside(config, ["apps", "http", "servers"], (servers) => {
    const there = servers[SERVER];
    if (there === undefined || !isMade(there)) return servers;
    const { tls_connection_policies: _, ...server } = asObject(there);
    const encrypted = { listen: WITH_TLS, tls_connection_policies: NO_POLICY };
    return {
      ...servers,
      [SERVER]: { ...server, ...(isEncrypted ? encrypted : { listen: PLAIN }) },
    };
  });
}

function certificatesIn(config: Json): readonly Json[] {
  return listAt(objectAt(objectAt(objectAt(config, "apps"), "tls"), "certificates"), "load_pem");
}

function automatedIn(config: Json): readonly string[] {
  const certificates = objectAt(objectAt(objectAt(config, "apps"), "tls"), "certificates");
  return listAt(certificates, "automate").filter((name) => typeof name === "string");
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

/** Caddy takes the first that matches: named hosts before wildcards, longer paths before shorter ones, others' first. */
function inOrder(routes: readonly Json[]): readonly Json[] {
  return routes
    .map((route, place) => ({ route, rank: rankOf(route), place }))
    .toSorted((a, b) => a.rank - b.rank || a.place - b.place)
    .map(({ route }) => route);
}

const LONGEST_PATH = 1e6;

function rankOf(route: Json): number {
  if (routeIn(route) === undefined) return -1;
  const [matcher] = listAt(route, "match");
  const isWildcard = listAt(matcher, "host").some((host) => String(host).startsWith("*."));
  const path = textAt(objectAt(matcher, "path_regexp"), "pattern") ?? "";
  return (isWildcard ? 2 : 1) * LONGEST_PATH - path.length;
}

import type { RouteAuth, RouteSpec } from "../../model.ts";
import { reveal } from "../../secret.ts";
import { encodedPath, normalPath } from "../url-path.ts";
import { serversOf, upstreamsOf } from "./caddy-upstreams.ts";
import { isObject, type Json, type JsonObject, listAt, textAt } from "./json.ts";

const ROUTE_MARK = "axon:";
const ACME_MARK = "axon-acme:";

/** Name of the route that an object of Caddy's configuration is; undefined: none of Axon's. */
export function routeIn(value: Json | undefined): string | undefined {
  const id = textAt(value, "@id");
  return id?.startsWith(ROUTE_MARK) ? id.slice(ROUTE_MARK.length) : undefined;
}

/** How a certificate says whose it is. */
export function tagOf(name: string): string {
  return `${ROUTE_MARK}${name}`;
}

/** The route as an object of an HTTP server of Caddy. It holds hashes of passwords in the clear. */
export function caddyRoute(route: RouteSpec, servers: readonly string[]): JsonObject {
  return {
    "@id": tagOf(route.name),
    match: [{ ...acmeMark(route), ...matcherOf(route) }],
    handle: [...redirectOf(route), ...authOf(route.auth), ...rewriteOf(route), proxyTo(servers)],
    terminal: true,
  };
}

/** Of the same route, where only its servers are others. */
export function withServers(route: JsonObject, servers: readonly string[]): JsonObject {
  const handle = listAt(route, "handle").map((handler) =>
    isProxy(handler) ? proxyTo(servers) : handler,
  );
  return { ...route, handle };
}

export function serversIn(route: JsonObject): readonly string[] {
  const [proxy] = listAt(route, "handle").filter(isProxy);
  return isObject(proxy) ? serversOf(proxy) : [];
}

export function isProxy(handler: Json): handler is JsonObject {
  return isObject(handler) && handler.handler === "reverse_proxy";
}

/** Names that get a certificate are one list, in which nobody sees whose they are. */
function acmeMark({ name, tls }: RouteSpec): JsonObject {
  return tls?.kind === "acme" ? { "@id": `${ACME_MARK}${name}` } : {};
}

/** The domain of a route that is to get its certificate by itself. */
export function acmeDomainIn(route: Json): string | undefined {
  const [matcher] = listAt(route, "match");
  if (textAt(matcher, "@id")?.startsWith(ACME_MARK) !== true) return undefined;
  const [host] = listAt(matcher, "host");
  return typeof host === "string" ? host : undefined;
}

function matcherOf({ domain, path }: RouteSpec): JsonObject {
  const host = { host: [domain] };
  return path === undefined ? host : { ...host, path_regexp: { pattern: `^${escaped(path)}` } };
}

function redirectOf({ redirect, redirectPort }: RouteSpec): JsonObject[] {
  if (redirect === undefined) return [];
  const port = redirectPort === undefined ? "" : `:${redirectPort}`;
  return [redirectTo(`https://{http.request.host}${port}{http.request.uri}`)];
}

/** Who asks without encryption is sent there. */
export function redirectTo(location: string): JsonObject {
  const answer = {
    handler: "static_response",
    status_code: 308,
    headers: { Location: [location] },
  };
  const routes = [{ match: [{ protocol: "http" }], handle: [answer] }];
  return { handler: "subroute", routes };
}

function authOf(auth: RouteAuth | undefined): JsonObject[] {
  if (auth === undefined) return [];
  const accounts = auth.users.map((user) => {
    const [username = "", ...password] = reveal(user).split(":");
    return { username, password: password.join(":") };
  });
  const http_basic = { accounts, realm: auth.realm, hash_cache: {} };
  return [{ handler: "authentication", providers: { http_basic } }];
}

function rewriteOf({ path, rewrite }: RouteSpec): JsonObject[] {
  if (path === undefined || rewrite === undefined) return [];
  const replacement = normalPath(rewrite);
  if (replacement === path) return [];
  const asked = encodedPath(path);
  if (replacement === undefined) return [{ handler: "rewrite", strip_path_prefix: asked }];
  const replace = `${encodedPath(replacement).replaceAll("$", "$$$$")}$1`;
  const path_regexp = [{ find: `^${escaped(asked)}(/.*)?$`, replace }];
  return [{ handler: "rewrite", path_regexp }];
}

/** What could not be delivered is tried again, elsewhere where there is more than one: a container may be restarting. */
function proxyTo(servers: readonly string[]): JsonObject {
  return {
    handler: "reverse_proxy",
    ...upstreamsOf(servers),
    load_balancing: { try_duration: "5s", try_interval: "100ms" },
  };
}

function escaped(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}

import { isProxy, redirectTo } from "./caddy-route.ts";
import { serversOf, upstreamsOf } from "./caddy-upstreams.ts";
import { isObject, isSame, type Json, type JsonObject, listAt } from "./json.ts";

/**
 * A route for who compares and reads it: each handler under its own name, so that one that comes or goes does not
 * make all that follow differ. Their order, in which a request meets them, is told apart.
 */
export function readable(route: JsonObject): JsonObject {
  const handlers: Record<string, Json> = {};
  for (const [kind, content] of listAt(route, "handle").map(named)) {
    handlers[nameFor(kind, handlers)] = content;
  }
  return { ...route, handle: handlers, handlers: Object.keys(handlers).join(", ") };
}

function nameFor(kind: string, taken: Readonly<Record<string, Json>>): string {
  const count = Object.keys(taken).filter((name) => name.split(".")[0] === kind).length;
  return count === 0 ? kind : `${kind}.${count + 1}`;
}

/** What is as Axon has it goes by Axon's words; all else is as Caddy has it. */
function named(handler: Json): readonly [string, Json] {
  if (!isObject(handler)) return ["unknown", handler];
  const location = locationIn(handler);
  if (location !== undefined && isSame(handler, redirectTo(location)))
    return ["redirect", location];
  const { handler: kind = "unknown", ...rest } = handler;
  return [String(kind), isProxy(handler) ? withServers(rest) : rest];
}

function withServers(proxy: JsonObject): JsonObject {
  const { upstreams, dynamic_upstreams, ...rest } = proxy;
  const servers = serversOf(proxy);
  return isSame(proxy, { ...rest, ...upstreamsOf(servers) }) ? { ...rest, servers } : proxy;
}

/** Of the redirect of a handler that has one. */
function locationIn(handler: JsonObject): string | undefined {
  const [inner] = listAt(handler, "routes");
  const [answer] = listAt(inner, "handle");
  const headers = isObject(answer) ? answer.headers : undefined;
  const [location] = listAt(headers, "Location");
  return typeof location === "string" ? location : undefined;
}

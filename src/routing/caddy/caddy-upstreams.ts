import { spareNames } from "../../spare-names.ts";
import { isObject, type JsonObject, listAt, objectAt, textAt } from "./json.ts";

/** How long Caddy goes by what it has looked up. */
export const LOOKUP_MILLISECONDS = 300;

/** Of IPv4, or of IPv6, which has colons where no name has. */
const ADDRESS = /^\d+(?:\.\d+){3}$|:/;

/**
 * Where a handler sends requests. A name is looked up again all the time: when it goes over to another container,
 * requests follow it without any change of the configuration, at which Caddy would close connections.
 */
export function upstreamsOf(servers: readonly string[]): JsonObject {
  const places = servers.map(split);
  if (places.length === 0 || places.some(({ host }) => ADDRESS.test(host))) {
    return { upstreams: servers.map((dial) => ({ dial })) };
  }
  const sources = places.map(({ host: name, port }) => ({
    source: "a",
    name,
    port,
    refresh: `${LOOKUP_MILLISECONDS}ms`,
    versions: { ipv4: true, ipv6: false },
  }));
  const [first, ...others] = sources;
  if (first === undefined || others.length > 0) {
    return { dynamic_upstreams: { source: "multi", sources } };
  }
  // Where nobody has the name, between two renames or since a deployer was killed there, the one that had it serves.
  const dial = `${spareNames(first.name).old}:${first.port}`;
  return { dynamic_upstreams: first, upstreams: [{ dial }] };
}

/** `host:port`, as of `upstreamsOf`, or as somebody else has written it. */
export function serversOf(proxy: JsonObject): readonly string[] {
  const dynamic = objectAt(proxy, "dynamic_upstreams");
  if (dynamic === undefined) {
    return listAt(proxy, "upstreams").flatMap((upstream) => textAt(upstream, "dial") ?? []);
  }
  const sources = textAt(dynamic, "source") === "multi" ? listAt(dynamic, "sources") : [dynamic];
  return sources
    .filter(isObject)
    .map((source) => `${textAt(source, "name") ?? ""}:${textAt(source, "port") ?? ""}`);
}

function split(server: string): { readonly host: string; readonly port: string } {
  const at = server.lastIndexOf(":");
  return { host: server.slice(0, at), port: server.slice(at + 1) };
}

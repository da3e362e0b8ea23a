import type { RouteSpec } from "../../model.ts";
import type { Text } from "../../secret.ts";
import { normalPath } from "../url-path.ts";
import { middlewareName } from "./route-of-key.ts";

type Entries = readonly (readonly [string, Text])[];

/** The route in Traefik v3's key-value layout, by full key. `servers` is where it leads now: `host:port`. */
export function traefikEntries(
  route: RouteSpec,
  servers: readonly string[],
): Readonly<Record<string, Text>> {
  const middlewares = [authEntries(route), rewriteEntries(route)].filter(
    ({ length }) => length > 0,
  );
  const names = [...new Set(middlewares.map(([first]) => first?.[0].split("/")[3] ?? ""))];
  const entries: Entries = [
    ...routerEntries(route, names),
    ...serviceEntries(route, servers),
    ...middlewares.flat(),
  ];
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function routerEntries(route: RouteSpec, middlewares: readonly string[]): Entries {
  const root = `traefik/http/routers/${route.name}`;
  return [
    [`${root}/rule`, ruleOf(route)],
    [`${root}/service`, route.name],
    ...priorityOf(route).map((priority): [string, string] => [`${root}/priority`, priority]),
    ...listed(`${root}/middlewares`, middlewares),
  ];
}

function ruleOf({ domain, path }: RouteSpec): string {
  const host = domain.startsWith("*.")
    ? `HostRegexp(\`^[^.]+\\.${escapeRegex(domain.slice(2))}$\`)`
    : `Host(\`${domain}\`)`;
  return path === undefined ? host : `${host} && PathPrefix(\`${path}\`)`;
}

/**
 * Traefik tries longer rules first, and that of a wildcard is longer than that of a host it covers. The
 * shortest rule with a host has 9 characters, so below that a wildcard always comes after.
 */
function priorityOf({ domain, path }: RouteSpec): string[] {
  if (!domain.startsWith("*.")) return [];
  return [String(Math.min((path ?? "").split("/").length, 8))];
}

function serviceEntries({ name }: RouteSpec, servers: readonly string[]): Entries {
  const root = `traefik/http/services/${name}/loadbalancer/servers`;
  return listed(root, servers).map(([key, server]) => [`${key}/url`, `http://${server}`]);
}

function authEntries({ name, auth }: RouteSpec): Entries {
  if (auth === undefined) return [];
  const root = `traefik/http/middlewares/${middlewareName(name, "auth")}/${auth.mode}auth`;
  return [[`${root}/realm`, auth.realm], ...listed(`${root}/users`, auth.users)];
}

function rewriteEntries({ name, path, rewrite }: RouteSpec): Entries {
  if (path === undefined || rewrite === undefined) return [];
  const root = `traefik/http/middlewares/${middlewareName(name, "rewrite")}`;
  const replacement = normalPath(rewrite);
  if (replacement === path) return [];
  if (replacement === undefined) return [[`${root}/stripprefix/prefixes/0`, path]];
  return [
    [`${root}/replacepathregex/regex`, `^${escapeRegex(path)}(/.*)?$`],
    [`${root}/replacepathregex/replacement`, `${replacement.replaceAll("$", "$$$$")}\${1}`],
  ];
}

/** Traefik sorts the places in a list as text: they are padded to equal length. */
function listed<T extends Text>(key: string, values: readonly T[]): (readonly [string, T])[] {
  const width = String(values.length - 1).length;
  return values.map((value, index) => [`${key}/${String(index).padStart(width, "0")}`, value]);
}

function escapeRegex(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}

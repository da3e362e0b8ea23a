import type { RouteAuth, RouteServer, RouteSpec } from "../../model.ts";
import { reveal, Secret, type Text } from "../../secret.ts";

/** A route as models had it before there was a second router: in Traefik's keys and values. */
export interface EarlierRoute {
  readonly name: string;
  readonly domain: string;
  readonly path: string | undefined;
  readonly target: string;
  readonly entries: Readonly<Record<string, Text>>;
}

/** What such a route meant. */
export function fromEntries(route: EarlierRoute, deployment: string): RouteSpec {
  const { name, domain, path, target } = route;
  return {
    name,
    kind: "http",
    domain,
    path,
    target,
    servers: serversOf(route, deployment),
    auth: authOf(route),
    rewrite: rewriteOf(route),
    tls: undefined,
    redirect: undefined,
  };
}

/** The deployment's own went by the names of their containers, in the order of the instances. */
function serversOf({ entries, target }: EarlierRoute, deployment: string): RouteServer[] {
  const [owner, service = ""] = target.split(":");
  return valuesOf(entries, /\/servers\/\d+\/url$/).map((text, index) => {
    const [, host = "", port] = /^http:\/\/(.*):(\d+)$/.exec(reveal(text)) ?? [];
    const isOurs = owner === deployment;
    return isOurs
      ? { service, instance: index + 1, port: Number(port) }
      : { host, port: Number(port) };
  });
}

function authOf({ entries }: EarlierRoute): RouteAuth | undefined {
  const [realm] = valuesOf(entries, /auth\/realm$/);
  const users = valuesOf(entries, /auth\/users\/\d+$/);
  if (realm === undefined || users.length === 0) return undefined;
  const isBasic = Object.keys(entries).some((key) => key.endsWith("/basicauth/realm"));
  return {
    mode: isBasic ? "basic" : "digest",
    realm: reveal(realm),
    users: users.map((user) => new Secret(reveal(user))),
  };
}

function rewriteOf({ entries }: EarlierRoute): string | undefined {
  if (valuesOf(entries, /\/stripprefix\/prefixes\/0$/).length > 0) return "/";
  const [replacement] = valuesOf(entries, /\/replacepathregex\/replacement$/);
  const dollars = replacement && reveal(replacement).replace(/\$\{1\}$/, "");
  return dollars?.replaceAll("$$", "$");
}

function valuesOf(entries: EarlierRoute["entries"], key: RegExp): readonly Text[] {
  return Object.keys(entries)
    .filter((name) => key.test(name))
    .sort()
    .flatMap((name) => entries[name] ?? []);
}

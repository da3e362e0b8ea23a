import type { RouteSpec } from "../../model.ts";
import { encodedPath, normalPath } from "../url-path.ts";
import { type Entries, entry, listed } from "./entries.ts";
import { type MiddlewareKind, middlewareName } from "./route-of-key.ts";
import { escapeRegex } from "./rule.ts";

/** In the order in which a request meets them. */
export function middlewareEntries(route: RouteSpec): Entries {
  return [...redirectEntries(route), ...authEntries(route), ...rewriteEntries(route)];
}

function redirectEntries(route: RouteSpec): Entries {
  if (route.redirect === undefined) return [];
  const root = `${rootOf(route, "redirect")}/redirectscheme`;
  const port = route.redirectPort === undefined ? [] : [String(route.redirectPort)];
  return [
    entry(`${root}/scheme`, route.redirect),
    ...port.map((text) => entry(`${root}/port`, text)),
    entry(`${root}/permanent`, "true"),
  ];
}

function authEntries(route: RouteSpec): Entries {
  const { auth } = route;
  if (auth === undefined) return [];
  const root = `${rootOf(route, "auth")}/${auth.mode}auth`;
  return [entry(`${root}/realm`, auth.realm), ...listed(`${root}/users`, auth.users)];
}

function rewriteEntries(route: RouteSpec): Entries {
  const { path, rewrite } = route;
  if (path === undefined || rewrite === undefined) return [];
  const root = rootOf(route, "rewrite");
  const replacement = normalPath(rewrite);
  if (replacement === path) return [];
  if (replacement === undefined) return [entry(`${root}/stripprefix/prefixes/0`, path)];
  return [
    entry(`${root}/replacepathregex/regex`, `^${escapeRegex(encodedPath(path))}(/.*)?$`),
    entry(
      `${root}/replacepathregex/replacement`,
      `${encodedPath(replacement).replaceAll("$", "$$$$")}\${1}`,
    ),
  ];
}

function rootOf({ name }: RouteSpec, kind: MiddlewareKind): string {
  return `traefik/http/middlewares/${middlewareName(name, kind)}`;
}

import { routeOfService } from "./generation.ts";

/**
 * A middleware is named after its route and its kind. Kinds hold no `_`, so the last one splits the two
 * even where the path of the route itself ends in `/auth`; and middlewares are keyed apart from routers.
 */
const MIDDLEWARE_KINDS = ["auth", "rewrite", "redirect"] as const;

export type MiddlewareKind = (typeof MIDDLEWARE_KINDS)[number];

const MIDDLEWARE = new RegExp(`^(.+)_(?:${MIDDLEWARE_KINDS.join("|")})$`);

export function middlewareName(route: string, kind: MiddlewareKind): string {
  return `${route}_${kind}`;
}

/** In the name of a route, two hexadecimal digits come after each `=`. */
const PLAIN = "=plain";

/** The router of those who ask without encryption, where another one answers those with. */
export function plainRouterName(route: string): string {
  return `${route}${PLAIN}`;
}

const SECTIONS =
  /^traefik\/(http\/routers|http\/services|http\/middlewares|tcp\/routers|tcp\/services|tls\/certificates)\/([^/]+)\/./;

/** The route that a key of the router belongs to, by its full key; undefined for keys that Axon does not write. */
export function routeNameOf(key: string): string | undefined {
  const [, section, name = ""] = SECTIONS.exec(key) ?? [];
  if (section === undefined) return undefined;
  if (section === "http/middlewares") return MIDDLEWARE.exec(name)?.[1];
  if (section.endsWith("/services")) return routeOfService(name);
  return name.endsWith(PLAIN) ? name.slice(0, -PLAIN.length) : name;
}

/** Whether what stands at a key must not be shown. */
export function isSecretKey(key: string): boolean {
  return /\/(digestauth|basicauth)\/users(\/|$)|^traefik\/tls\/certificates\/.*\/keyfile$/i.test(
    key,
  );
}

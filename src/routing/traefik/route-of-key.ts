/**
 * A middleware is named after its route and its kind. Kinds hold no `_`, so the last one splits the two
 * even where the path of the route itself ends in `/auth`; and middlewares are keyed apart from routers.
 */
const MIDDLEWARE_KINDS = ["auth", "rewrite"] as const;

export type MiddlewareKind = (typeof MIDDLEWARE_KINDS)[number];

const MIDDLEWARE = new RegExp(`^(.+)_(?:${MIDDLEWARE_KINDS.join("|")})$`);

export function middlewareName(route: string, kind: MiddlewareKind): string {
  return `${route}_${kind}`;
}

/** The route that a key of the router belongs to, by its full key; undefined for keys that Axon does not write. */
export function routeNameOf(key: string): string | undefined {
  const [, section, name] =
    /^traefik\/http\/(routers|services|middlewares)\/([^/]+)\/./.exec(key) ?? [];
  return section === "middlewares" ? MIDDLEWARE.exec(name ?? "")?.[1] : name;
}

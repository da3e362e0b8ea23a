import { expect, test } from "vitest";
import type { RouteSpec } from "../../../../src/model.ts";
import { traefikRouter } from "../../../../src/router/traefik-router.ts";
import { decodeTraefik } from "../../../../src/routing/traefik/decode.ts";
import { Secret } from "../../../../src/secret.ts";
import { route } from "../../../helpers/build.ts";
import { MemoryKvStore } from "../../../helpers/memory-kv.ts";
import { DOCUMENTED_KEYS, documentedValue } from "./documented-keys.ts";

const users = [new Secret("a:protected:0"), new Secret("b:protected:1")];
const certificate = { kind: "certificate", certificate: "PEM", key: new Secret("PEM") } as const;

/** Every field of a route with every kind of value that it can have. */
const VALUES = {
  domain: ["example.org", "*.example.org"],
  path: [undefined, "/path"],
  rewrite: [undefined, "/", "/other"],
  auth: [undefined, ...(["digest", "basic"] as const).map((mode) => ({ mode, realm: "r", users }))],
  tls: [undefined, certificate, ...[undefined, "own"].map((resolver) => acme(resolver))],
  redirect: [undefined, "https"],
} as const satisfies { [Field in keyof RouteSpec]?: readonly RouteSpec[Field][] };

function acme(resolver: string | undefined) {
  return { kind: "acme", resolver } as const;
}

const routes = Object.entries(VALUES).reduce<readonly Partial<RouteSpec>[]>(
  (made, [field, values]) =>
    made.flatMap((one) => values.map((value) => ({ ...one, [field]: value }))),
  [{ kind: "http" }],
);
const connections = VALUES.tls.map((tls) => ({ kind: "tcp", tls }) as const);

/** What the router of Axon leaves in a store, with a second list of servers in use. */
async function written(overrides: Partial<RouteSpec>): Promise<readonly string[]> {
  const store = new MemoryKvStore();
  const router = traefikRouter(store);
  const { signal } = new AbortController();
  const name = "shop_example.org_path";
  const target = { name, spec: route(name, overrides), servers: ["a:80", "b:80"] };
  for (const generation of [0, 1]) {
    await router.prepare({ ...target, generation }, signal);
    await router.switchTo({ ...target, generation, from: undefined }, signal);
  }
  return Object.keys(store.entries());
}

/** As the manual writes it, in lower case. */
function placeOf(key: string): string {
  const [root, section, kind, , ...rest] = key.toLowerCase().split("/");
  const name = kind === "certificates" ? "#" : "*";
  return [root, section, kind, name, ...rest.map((part) => part.replace(/^\d+$/, "#"))].join("/");
}

test("every key that Axon writes is one that Traefik's manual names", async () => {
  const keys = await Promise.all([...routes, ...connections].map(written));
  const places = new Set(keys.flat().map(placeOf));
  // Traefik looks at nothing there: whose a domain is.
  expect(places.delete("traefik/axon/claims/*")).toBe(true);
  const documented = new Set(DOCUMENTED_KEYS.map((key) => key.toLowerCase()));
  expect([...places].filter((place) => !documented.has(place))).toEqual([]);
  expect([...places].sort()).toMatchInlineSnapshot(`
    [
      "traefik/http/middlewares/*/addprefix/prefix",
      "traefik/http/middlewares/*/basicauth/realm",
      "traefik/http/middlewares/*/basicauth/users/#",
      "traefik/http/middlewares/*/digestauth/realm",
      "traefik/http/middlewares/*/digestauth/users/#",
      "traefik/http/middlewares/*/redirectscheme/permanent",
      "traefik/http/middlewares/*/redirectscheme/scheme",
      "traefik/http/middlewares/*/replacepathregex/regex",
      "traefik/http/middlewares/*/replacepathregex/replacement",
      "traefik/http/middlewares/*/stripprefix/prefixes/#",
      "traefik/http/routers/*/middlewares/#",
      "traefik/http/routers/*/priority",
      "traefik/http/routers/*/rule",
      "traefik/http/routers/*/service",
      "traefik/http/routers/*/tls",
      "traefik/http/routers/*/tls/certresolver",
      "traefik/http/routers/*/tls/domains/#/main",
      "traefik/http/services/*/loadbalancer/servers/#/url",
      "traefik/tcp/routers/*/rule",
      "traefik/tcp/routers/*/service",
      "traefik/tcp/routers/*/tls",
      "traefik/tcp/routers/*/tls/certresolver",
      "traefik/tcp/routers/*/tls/passthrough",
      "traefik/tcp/services/*/loadbalancer/servers/#/address",
      "traefik/tls/certificates/#/certfile",
      "traefik/tls/certificates/#/keyfile",
    ]
  `);
});

test.for(DOCUMENTED_KEYS)("what checks keys before they are written knows %s", (key) => {
  const entry = key.replaceAll("*", "some").replaceAll("#", "0");
  expect(decodeTraefik({ [entry]: documentedValue(key) }).poison).toEqual([]);
});

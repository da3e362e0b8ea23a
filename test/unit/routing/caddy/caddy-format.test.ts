import { describe, expect, test } from "vitest";
import type { RouteSpec } from "../../../../src/model.ts";
import { caddyFormat, entriesIn, partsOf } from "../../../../src/routing/caddy/caddy-format.ts";
import { redirectTo } from "../../../../src/routing/caddy/caddy-route.ts";
import { type Json, type JsonObject, listAt } from "../../../../src/routing/caddy/json.ts";
import { Secret } from "../../../../src/secret.ts";
import { route } from "../../../helpers/build.ts";

const plain = route("shop_example.org");
const auth: RouteSpec["auth"] = {
  mode: "basic",
  realm: "protected",
  users: [new Secret("ana:$2y$10$hash")],
};

describe("what Caddy has of a route", () => {
  test.for([
    [["shop-web-1:80"]],
    [["shop-web-1:80", "shop-web-2:81"]],
    [["10.0.0.1:80"]],
    [["10.0.0.1:80", "shop-web-1:80"]],
  ])("is read back as what it was and where it leads: %s", ([servers = []]) => {
    const read = caddyFormat.read(plain.name, caddyFormat.entriesOf(plain, servers));
    expect(read.servers).toEqual(servers);
    expect(read.entries).toEqual(caddyFormat.entriesOf(plain, []));
    expect(read.hasLeftovers).toBe(false);
  });

  test("keeps the order of many servers", () => {
    const servers = Array.from({ length: 12 }, (_, at) => `host:${at + 1}`);
    const read = caddyFormat.read(plain.name, caddyFormat.entriesOf(plain, servers));
    expect(read.servers).toEqual(servers);
  });

  test("is a name that is looked up, with the one that had it before for the moment in which nobody has it", () => {
    expect(proxyOf(["shop-web-1:80"])).toMatchObject({
      dynamic_upstreams: { source: "a", name: "shop-web-1", port: "80" },
      upstreams: [{ dial: "shop-web-1-old:80" }],
    });
  });

  test("shows what somebody else has changed in how a name is looked up", () => {
    const proxy = proxyOf(["shop-web-1:80"]);
    const lookup = { ...(proxy.dynamic_upstreams as JsonObject), refresh: "1h" };
    const route = { handle: [{ ...proxy, dynamic_upstreams: lookup }] };
    const read = caddyFormat.read(plain.name, entriesIn({ route }));
    expect(Object.entries(read.entries)).toContainEqual([
      "route/handle/reverse_proxy/dynamic_upstreams/refresh",
      "1h",
    ]);
  });

  test("tells a redirect that comes or goes in a line, and nothing of the handlers that follow", () => {
    const tls = { kind: "acme", resolver: undefined } as const;
    const [without, redirecting] = [{}, { redirect: "https", redirectPort: 8443 } as const].map(
      (more) => Object.entries(caddyFormat.entriesOf({ ...plain, auth, tls, ...more }, ["host:1"])),
    );
    const texts = new Set(without?.map((entry) => JSON.stringify(entry)));
    expect(redirecting?.filter((entry) => !texts.has(JSON.stringify(entry)))).toEqual([
      ["route/handle/redirect", "https://{http.request.host}:8443{http.request.uri}"],
      ["route/handlers", "redirect, authentication, reverse_proxy"],
    ]);
  });

  test("shows what somebody else has put before a handler, or has changed in a redirect", () => {
    const { handle = [] } = partsOf({ ...plain, auth }, ["host:1"]).route as JsonObject;
    const reversed = { handle: [...(handle as Json[])].reverse() };
    const entries = entriesIn({ route: reversed });
    expect(entries["route/handlers"]).toBe("reverse_proxy, authentication");
    const more = { ...redirectTo("https://else/"), terminal: true };
    expect(entriesIn({ route: { handle: [more] } })).toMatchObject({
      "route/handle/subroute/terminal": "true",
    });
  });

  test("hides hashes of passwords and keys of certificates", () => {
    const key = new Secret("-----KEY-----");
    const tls = { kind: "certificate", certificate: "-----CERT-----", key } as const;
    const entries = caddyFormat.entriesOf({ ...plain, auth, tls }, ["host:1"]);
    expect(JSON.stringify(entries)).not.toMatch(/2y|-KEY-/);
    expect(JSON.stringify(entries)).toContain("-----CERT-----");
  });

  test.for<[string, Partial<RouteSpec>, string]>([
    ["connections", { kind: "tcp" }, "tcp"],
    ["digests", { auth: { mode: "digest", realm: "r", users: [] } }, "auth_mode digest"],
    ["named resolvers", { tls: { kind: "acme", resolver: "dns" } }, "resolver dns"],
  ])("cannot be %s", ([, more, what]) => {
    expect(caddyFormat.refuses({ ...plain, ...more })?.what).toBe(what);
  });

  test("can be all the rest", () => {
    const tls = { kind: "acme", resolver: undefined } as const;
    const full = { ...plain, auth, tls, redirect: "https", path: "/a", rewrite: "/b" } as const;
    expect(caddyFormat.refuses(full)).toBeUndefined();
  });
});

function proxyOf(servers: readonly string[]): JsonObject {
  const { route: made } = partsOf(plain, servers);
  const [proxy] = listAt(made, "handle");
  return proxy as JsonObject;
}

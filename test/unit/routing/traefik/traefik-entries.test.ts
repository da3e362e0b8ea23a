import { describe, expect, test } from "vitest";
import type { RouteSpec } from "../../../../src/model.ts";
import { isSecretKey, routeNameOf } from "../../../../src/routing/traefik/route-of-key.ts";
import { traefikEntries } from "../../../../src/routing/traefik/traefik-entries.ts";
import { Secret } from "../../../../src/secret.ts";
import { route } from "../../../helpers/build.ts";
import { traefikConfiguration } from "../../../helpers/decode-traefik.ts";

const certificate: RouteSpec["tls"] = {
  kind: "certificate",
  certificate: "-----BEGIN CERTIFICATE-----\nA,B\n",
  key: new Secret("-----BEGIN PRIVATE KEY-----\nC\n"),
};

function layout(more: Partial<RouteSpec>) {
  const entries = traefikEntries(route("shop_example.org", more), ["a:80"]);
  return { entries, ...traefikConfiguration(entries) };
}

describe("a route with a certificate", () => {
  test("sends others on to the port where they find HTTPS", () => {
    const { http } = layout({ tls: certificate, redirect: "https", redirectPort: 8443 });
    expect(http.middlewares).toEqual({
      "shop_example.org_redirect": {
        redirectscheme: { scheme: "https", port: "8443", permanent: "true" },
      },
    });
  });

  test("answers encrypted requests, and sends all others on", () => {
    const { http, tls } = layout({ tls: certificate, redirect: "https" });
    expect(http.routers).toEqual({
      "shop_example.org": { rule: "Host(`example.org`)", service: "shop_example.org", tls: {} },
      "shop_example.org=plain": {
        rule: "Host(`example.org`)",
        service: "shop_example.org",
        middlewares: ["shop_example.org_redirect"],
      },
    });
    expect(http.middlewares).toEqual({
      "shop_example.org_redirect": { redirectscheme: { scheme: "https", permanent: "true" } },
    });
    expect(tls.certificates).toEqual([
      {
        certfile: "-----BEGIN CERTIFICATE-----\nA,B\n",
        keyfile: "-----BEGIN PRIVATE KEY-----\nC\n",
      },
    ]);
  });

  test("asks for a password only where the answer is, and in both places when nothing is sent on", () => {
    const auth = { mode: "basic", realm: "protected", users: [new Secret("a:b")] } as const;
    const of = (more: Partial<RouteSpec>) =>
      Object.values(layout({ tls: certificate, auth, ...more }).http.routers).map(
        ({ middlewares }) => middlewares,
      );
    expect(of({ redirect: "https" })).toEqual([
      ["shop_example.org_auth"],
      ["shop_example.org_redirect"],
    ]);
    expect(of({ redirect: undefined })).toEqual([
      ["shop_example.org_auth"],
      ["shop_example.org_auth"],
    ]);
  });

  test("keeps its key for itself, and every key belongs to the route", () => {
    const { entries } = layout({ tls: certificate, redirect: "https" });
    expect(Object.keys(entries).filter(isSecretKey)).toEqual([
      "traefik/tls/certificates/shop_example.org/keyfile",
    ]);
    expect(new Set(Object.keys(entries).map(routeNameOf))).toEqual(new Set(["shop_example.org"]));
    for (const [key, value] of Object.entries(entries)) {
      expect(value instanceof Secret).toBe(isSecretKey(key));
    }
  });
});

describe("a route whose certificate the router fetches", () => {
  test("names the resolver", () => {
    const tlsOf = (resolver: string | undefined) =>
      layout({ tls: { kind: "acme", resolver } }).http.routers["shop_example.org"]?.tls;
    expect(tlsOf(undefined)).toEqual({ certresolver: "acme" });
    expect(tlsOf("dns")).toEqual({ certresolver: "dns" });
  });

  test("names the wildcard, which a pattern does not tell", () => {
    const { http } = layout({ domain: "*.example.org", tls: { kind: "acme", resolver: "dns" } });
    expect(http.routers["shop_example.org"]?.tls).toEqual({
      certresolver: "dns",
      domains: [{ main: "*.example.org" }],
    });
  });
});

describe("a route of connections", () => {
  test("is chosen by the name that their TLS asks for, and passes them on as they are", () => {
    expect(layout({ kind: "tcp" }).tcp).toEqual({
      routers: {
        "shop_example.org": {
          rule: "HostSNI(`example.org`)",
          service: "shop_example.org",
          tls: { passthrough: "true" },
        },
      },
      services: { "shop_example.org": { loadbalancer: { servers: [{ address: "a:80" }] } } },
    });
  });

  test("ends their TLS where it has a certificate", () => {
    const { tcp, tls } = layout({ kind: "tcp", tls: certificate });
    expect(tcp.routers["shop_example.org"]?.tls).toEqual({});
    expect(tls.certificates).toHaveLength(1);
  });

  test("can be for a wildcard, after every name that is spelt out", () => {
    const { tcp } = layout({ kind: "tcp", domain: "*.example.org" });
    expect(tcp.routers["shop_example.org"]).toMatchObject({
      rule: "HostSNIRegexp(`^[^.]+\\.example\\.org$`)",
      priority: "1",
    });
  });

  test("belongs to its deployment by every key", () => {
    const { entries } = layout({ kind: "tcp", tls: certificate });
    expect(new Set(Object.keys(entries).map(routeNameOf))).toEqual(new Set(["shop_example.org"]));
  });
});

/** As Traefik has it: the length of the rule where the router has none of its own. */
function priorityOf(domain: string, path: string | undefined, kind: RouteSpec["kind"] = "http") {
  const { [kind]: one } = layout({ kind, domain, path });
  const { rule = "", priority = rule.length } = one.routers["shop_example.org"] ?? {};
  return Number(priority);
}

describe("of two routes that a request is for, Traefik takes", () => {
  const DEEP = "/a/b/c/d/e/f/g/h";
  const LONG = `/${"long".repeat(12)}`;

  test.for([
    ["/shop", undefined],
    ["/shopping", "/shop"],
    [DEEP, "/a/b/c/d/e/f/g"],
    [`${DEEP}/i`, DEEP],
    [LONG, LONG.slice(0, -1)],
  ])("the one with the longer path: %s and not %s", ([longer, shorter]) => {
    for (const domain of ["example.org", "*.example.org"]) {
      expect(priorityOf(domain, longer)).toBeGreaterThan(priorityOf(domain, shorter));
    }
  });

  test.for([undefined, "/shop", DEEP, LONG])(
    "the one whose host is named, and not the wildcard with the path %s",
    (path) => {
      expect(priorityOf("a.b", undefined)).toBeGreaterThan(priorityOf("*.b", path));
    },
  );

  test("the one whose host is named for connections, too, and a wildcard before the rule for all names", () => {
    const ofWildcard = priorityOf("*.b", undefined, "tcp");
    expect(priorityOf("a.b", undefined, "tcp")).toBeGreaterThan(ofWildcard);
    expect(ofWildcard).toBeGreaterThan(-1);
  });
});

test("what Traefik would not take is never written", () => {
  const auth = { mode: "bearer" as "basic", realm: "protected", users: [new Secret("a:b")] };
  expect(() => layout({ auth })).toThrow(/bearerauth.* nothing that Traefik knows/);
});

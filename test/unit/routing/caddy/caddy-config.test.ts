import { describe, expect, test } from "vitest";
import type { RouteSpec } from "../../../../src/model.ts";
import { partsIn, routeNamesIn, withParts } from "../../../../src/routing/caddy/caddy-config.ts";
import { partsOf } from "../../../../src/routing/caddy/caddy-format.ts";
import type { Json } from "../../../../src/routing/caddy/json.ts";
import { Secret } from "../../../../src/secret.ts";
import { route } from "../../../helpers/build.ts";

const put = (config: Json, spec: RouteSpec) =>
  withParts(config, spec.name, partsOf(spec, ["host:80"]));
const take = (config: Json, name: string) => withParts(config, name, {});

const THEIRS = {
  admin: { listen: "localhost:2019" },
  apps: {
    http: { servers: { srv0: { listen: [":8080"], routes: [{ handle: [] }] } } },
    tls: { certificates: { load_files: [{ certificate: "a", key: "b" }] } },
  },
};

const NO_SERVER = { apps: { http: { servers: {} } } };

const PLACES: readonly RouteSpec[] = [
  route("shop_wildcard.example.org", { domain: "*.example.org" }),
  route("shop_example.org", { domain: "example.org" }),
  route("shop_example.org_a", { domain: "example.org", path: "/a" }),
  route("shop_example.org_a_b", { domain: "example.org", path: "/a/b" }),
];

describe("a route in Caddy's configuration", () => {
  test("is found again, and nothing is left when it goes", () => {
    const [spec = route("x")] = PLACES;
    const config = put({}, spec);
    expect(routeNamesIn(config)).toEqual([spec.name]);
    expect(take(config, spec.name)).toEqual(NO_SERVER);
  });

  test("leaves what is somebody else's as it is, whether it comes, changes or goes", () => {
    const [spec = route("x")] = PLACES;
    const config = put(THEIRS, spec);
    expect(config).toMatchObject(THEIRS);
    expect(take(config, spec.name)).toEqual(THEIRS);
  });

  test("comes before those that would take its requests, in whatever order they were made", () => {
    const wanted = [...PLACES].reverse().map(({ name }) => name);
    for (const order of [PLACES, [...PLACES].reverse()]) {
      const config = order.reduce<Json>(put, {});
      expect(orderOf(config)).toEqual(wanted);
    }
  });

  test("comes after routes of others in the same server, which keeps what it listens on", () => {
    const mine = { match: [{ path: ["/mine"] }] };
    const server = { listen: [":9000"], routes: [mine] };
    const config = put(
      { apps: { http: { servers: { axon: server } } } },
      route("shop_example.org"),
    );
    const axon = serverOf(config);
    expect(axon.listen).toEqual([":9000"]);
    expect(axon.routes[0]).toEqual(mine);
    expect(axon.routes).toHaveLength(2);
    expect(serverOf(take(config, "shop_example.org"))).toEqual(server);
  });

  test.each([
    { listen: [":80"] },
    {
      listen: [":80", ":443"],
      tls_connection_policies: [{ client_authentication: { mode: "require" } }],
    },
  ])(
    "leaves how a server that is there already listens as it is, whatever comes and goes: %j",
    (kept) => {
      const server = { ...kept, routes: [{ match: [{ path: ["/mine"] }] }] };
      const tls = { kind: "certificate", certificate: "cert", key: new Secret("key") } as const;
      const plain = put(
        { apps: { http: { servers: { axon: server } } } },
        route("shop_example.org"),
      );
      const encrypted = put(plain, route("shop_b.org", { tls }));
      for (const config of [plain, encrypted, take(encrypted, "shop_b.org")]) {
        const { routes: _, ...listening } = serverOf(config);
        expect(listening).toEqual(kept);
      }
    },
  );

  test("with a certificate listens for encrypted connections, as long as one has", () => {
    const tls = { kind: "certificate", certificate: "cert", key: new Secret("key") } as const;
    const config = put(put({}, route("shop_example.org", { tls })), route("shop_b.org"));
    expect(serverOf(config)).toMatchObject({
      listen: [":80", ":443"],
      tls_connection_policies: [{}],
    });
    expect(partsIn(config, "shop_example.org")?.certificate).toEqual({
      certificate: "cert",
      key: "key",
      tags: ["axon:shop_example.org"],
    });
    const without = take(config, "shop_example.org");
    expect(serverOf(without)).toMatchObject({ listen: [":80"] });
    expect(serverOf(without)).not.toHaveProperty("tls_connection_policies");
    expect(take(without, "shop_b.org")).toEqual(NO_SERVER);
    expect(take(put({}, route("shop_example.org", { tls })), "shop_example.org")).toEqual(
      NO_SERVER,
    );
  });

  test("is followed by a 404 for what no route is for, in a server that Axon has made", () => {
    const [wildcard = route("x"), domain = route("y")] = PLACES;
    const config = put(put({}, domain), wildcard);
    expect(routeIds(config)).toEqual([
      `axon:${domain.name}`,
      `axon:${wildcard.name}`,
      "axon-unknown",
    ]);
    expect(serverOf(config).routes.at(-1)).toMatchObject({ handle: [{ status_code: 404 }] });
    expect(take(take(config, domain.name), wildcard.name)).toEqual(NO_SERVER);
  });

  test("leaves routes that others have put into that server, and no 404 after them", () => {
    const mine = { match: [{ path: ["/mine"] }] };
    const server = serverOf(put({}, route("shop_example.org")));
    const shared = { ...server, routes: [...server.routes, mine] };
    const again = put({ apps: { http: { servers: { axon: shared } } } }, route("shop_b.org"));
    expect(serverOf(again).routes[0]).toEqual(mine);
    expect(serverOf(again).routes.at(-1)).toHaveProperty("@id", "axon-unknown");
    const without = take(take(again, "shop_example.org"), "shop_b.org");
    expect(serverOf(without).routes).toEqual([mine]);
  });

  test("of which somebody left only the certificate is found by that, and its key goes with it", () => {
    const tls = { kind: "certificate", certificate: "cert", key: new Secret("key") } as const;
    const spec = route("shop_example.org", { tls });
    const config = put({}, spec);
    (serverOf(config).routes as Json[]).length = 0;
    expect(routeNamesIn(config)).toEqual([spec.name]);
    expect(JSON.stringify(take(config, spec.name))).not.toContain("key");
  });

  test("that gets its certificate by itself is asked for by name, as long as it is there", () => {
    const spec = route("shop_example.org", { tls: { kind: "acme", resolver: undefined } });
    const config = put({}, spec);
    expect(JSON.stringify(config)).toContain('"automate":["example.org"]');
    expect(JSON.stringify(take(config, spec.name))).not.toContain("example.org");
  });

  test("shares the name with another path of the domain, and leaves the authority to who has configured it", () => {
    const tls = { kind: "acme", resolver: undefined } as const;
    const [, domain = route("x"), path = route("y")] = PLACES.map((one) => ({ ...one, tls }));
    const automation = { policies: [{ issuers: [{ module: "acme", ca: "https://ca" }] }] };
    const config = put(put({ apps: { tls: { automation } } }, domain), path);
    expect(tlsIn(config)).toEqual({ automation, certificates: { automate: ["example.org"] } });
    const without = take(config, path.name);
    expect(tlsIn(without)).toEqual(tlsIn(config));
    expect(partsIn(without, domain.name)).toEqual(partsOf(domain, ["host:80"]));
    expect(tlsIn(take(without, domain.name))).toEqual({ automation });
  });
});

interface Server {
  readonly listen: readonly string[];
  readonly routes: readonly Json[];
}

function serverOf(config: Json): Server {
  return (config as unknown as { apps: { http: { servers: { axon: Server } } } }).apps.http.servers
    .axon;
}

function tlsIn(config: Json): unknown {
  return (config as unknown as { apps: { tls: unknown } }).apps.tls;
}

function routeIds(config: Json): string[] {
  return serverOf(config).routes.map((one) => (one as { "@id": string })["@id"]);
}

function orderOf(config: Json): string[] {
  return routeIds(config).flatMap((id) => (id.startsWith("axon:") ? id.slice("axon:".length) : []));
}

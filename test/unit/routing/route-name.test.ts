import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ownsRoute, placeOf, routeName } from "../../../src/routing/route-name.ts";
import { middlewareName, routeNameOf } from "../../../src/routing/traefik/route-of-key.ts";

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?$/);
const host = fc.array(fc.oneof(label, fc.constant("wildcard")), { minLength: 1, maxLength: 3 });
const domain = fc
  .tuple(fc.constantFrom("", "*."), host)
  .map(([star, labels]) => star + labels.join("."));
const segment = fc.oneof(
  fc.constantFrom("auth", "rewrite", "_auth", "=5f", "", "A", "a", "é", "%2F", "_"),
  fc.stringMatching(/^[a-zA-Z0-9._~=-]{1,4}$/),
);
const path = fc.option(
  fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join("/")}`),
  { nil: undefined },
);
const place = fc.record({ deployment: label, domain, path });

describe("a route's name", () => {
  test.for([
    [{ domain: "example.org", path: undefined }, "shop_example.org"],
    [{ domain: "Example.ORG.", path: undefined }, "shop_example.org"],
    [{ domain: "example.org", path: "/a/b" }, "shop_example.org_a_b"],
    [{ domain: "example.org", path: "/a_b" }, "shop_example.org_a=5fb"],
    [{ domain: "example.org", path: "/A" }, "shop_example.org_=41"],
    [{ domain: "*.example.org", path: undefined }, "shop_wildcard.example.org"],
    [{ domain: "wildcard.example.org", path: undefined }, "shop_=77ildcard.example.org"],
  ] as const)("of %j is %s", ([where, name]) => {
    expect(routeName({ deployment: "shop", ...where })).toBe(name);
  });

  test("differs for different places, also for readers that ignore case", () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        const same = a.deployment === b.deployment && a.domain === b.domain && a.path === b.path;
        expect(routeName(a).toLowerCase() === routeName(b).toLowerCase()).toBe(same);
      }),
      { numRuns: 1000 },
    );
  });

  test("is one segment of a key that every store takes, and no list of names", () => {
    const isSegment = fc.property(place, (where) => /^[a-z0-9_.=-]+$/.test(routeName(where)));
    fc.assert(isSegment);
  });

  test("says exactly whose it is", () => {
    fc.assert(
      fc.property(place, label, (where, other) => {
        const name = routeName(where);
        expect(ownsRoute(where.deployment, name)).toBe(true);
        expect(ownsRoute(other, name)).toBe(other === where.deployment);
      }),
    );
    expect(ownsRoute("shop", "shop-2_example.org")).toBe(false);
    expect(ownsRoute("shop", "shop")).toBe(false);
    expect(ownsRoute("", "_example.org")).toBe(false);
  });
});

test("the place of a route is found again from its name", () => {
  fc.assert(
    fc.property(place, (where) => {
      expect(placeOf(routeName(where))).toEqual(where);
    }),
  );
  expect(placeOf("dashboard")).toBeUndefined();
  expect(placeOf("_x")).toBeUndefined();
});

describe("the route of a key", () => {
  test("is found again from each key that a route has", () => {
    fc.assert(
      fc.property(place, fc.constantFrom("auth" as const, "rewrite" as const), (where, kind) => {
        const name = routeName(where);
        expect(routeNameOf(`traefik/http/routers/${name}/rule`)).toBe(name);
        expect(routeNameOf(`traefik/http/services/${name}/loadbalancer/x`)).toBe(name);
        const middleware = middlewareName(name, kind);
        expect(routeNameOf(`traefik/http/middlewares/${middleware}/x/y`)).toBe(name);
      }),
    );
  });

  test.for([
    "traefik/http/middlewares/shop_example.org_ratelimit/average",
    "traefik/udp/routers/shop_example.org/service",
    "traefik/http/routers/shop_example.org",
    "traefik/http/routers/shop_example.org/",
    "axon/shop/config/x",
  ])("is undefined where Axon does not write: %s", (key) => {
    expect(routeNameOf(key)).toBeUndefined();
  });
});

import { describe, expect, test } from "vitest";
import { AxonError, AxonErrors } from "../../../src/errors.ts";
import type { RouteSpec } from "../../../src/model.ts";
import { routesFor } from "../../../src/routing/routes-for.ts";
import type { RoutingInput } from "../../../src/routing/routing-input.ts";
import { traefikEntries } from "../../../src/routing/traefik/traefik-entries.ts";
import { decodeTraefik } from "../../helpers/decode-traefik.ts";
import { domain, http, input, password, service, tcp } from "./build-routing.ts";

const website = service("website", { http: http(8080) });

function only(overrides: Partial<RoutingInput>) {
  const { routes, notices } = routesFor(input(overrides));
  expect(routes).toHaveLength(1);
  const [route] = routes;
  if (route === undefined) throw new Error("no route");
  const entries = entriesOf(route);
  return { ...route, notices, entries, traefik: decodeTraefik(entries) };
}

function entriesOf(route: RouteSpec) {
  const servers = route.servers.map((server) =>
    "host" in server
      ? `${server.host}:${server.port}`
      : `shop-${server.service}-${server.instance}:${server.port}`,
  );
  return traefikEntries(route, servers);
}

function problems(overrides: Partial<RoutingInput>): AxonError[] {
  try {
    routesFor(input(overrides));
    return [];
  } catch (error) {
    if (error instanceof AxonErrors) return [...error.errors];
    if (error instanceof AxonError) return [error];
    throw error;
  }
}

describe("a domain that names a service", () => {
  test("leads to its container", () => {
    const route = only({ domains: { "example.org": domain("shop:website") }, services: website });
    expect(route).toMatchObject({
      name: "shop_example.org",
      domain: "example.org",
      path: undefined,
      target: "shop:website:http",
    });
    expect(route.entries).toEqual({
      "traefik/http/routers/shop_example.org/rule": "Host(`example.org`)",
      "traefik/http/routers/shop_example.org/service": "shop_example.org",
      "traefik/http/services/shop_example.org/loadbalancer/servers/0/url":
        "http://shop-website-1:8080",
    });
  });

  test("leads to every instance, in order, also when there are more than ten", () => {
    const services = service("website", { http: http(80) }, { instances: 12 });
    const { traefik } = only({ domains: { "example.org": domain("shop:website") }, services });
    expect(
      traefik.services["shop_example.org"]?.loadbalancer.servers.map(({ url }) => url),
    ).toEqual(Array.from({ length: 12 }, (_, index) => `http://shop-website-${index + 1}:80`));
  });

  test("means this deployment also by the name that the file declares", () => {
    const { target, name } = only({
      deployment: "shop-staging",
      declaredDeployment: "shop",
      domains: { "example.org": domain("shop:website") },
      services: website,
    });
    expect([target, name]).toEqual(["shop-staging:website:http", "shop-staging_example.org"]);
  });

  test.for([
    ["the port named http", { admin: http(1), http: tcp(2) }, 2],
    ["the only http port", { admin: tcp(1), public: http(2) }, 2],
    ["the only port", { "80": tcp(80) }, 80],
    ["the only port that is not UDP", { dns: { number: 53, protocol: "udp" }, web: tcp(80) }, 80],
  ] as const)("without a port means %s", ([, ports, number]) => {
    const { traefik } = only({
      domains: { "example.org": domain("shop:website") },
      services: service("website", ports),
    });
    const servers = traefik.services["shop_example.org"]?.loadbalancer.servers;
    expect(servers).toEqual([{ url: `http://shop-website-1:${number}` }]);
  });

  test.for(["admin", "9000"])("can say which port, by name or number: %s", (port) => {
    const services = service("website", { http: http(80), admin: tcp(9000) });
    const { target } = only({
      domains: { "example.org": domain(`shop:website:${port}`) },
      services,
    });
    expect(target).toBe("shop:website:admin");
  });

  test("can be limited to a path, which the port's rewrite takes away", () => {
    const route = only({
      domains: { "example.org": domain("shop:website", { path: "/api/" }) },
      services: service("website", { http: http(80, { path: "/compute", rewrite: "/" }) }),
    });
    expect(route.name).toBe("shop_example.org_api");
    expect(route.traefik.routers[route.name]).toEqual({
      rule: "Host(`example.org`) && PathPrefix(`/api`)",
      service: "shop_example.org_api",
      middlewares: ["shop_example.org_api_rewrite"],
    });
    expect(route.traefik.middlewares).toEqual({
      "shop_example.org_api_rewrite": { stripprefix: { prefixes: ["/api"] } },
    });
  });
});

describe("a domain that names a deployment only", () => {
  const services = {
    ...service("nova", { public: http(8774, { path: "/compute", rewrite: "/v2.1/$x" }) }, {}),
    ...service("horizon", { web: http(80, { path: "/" }), metrics: tcp(9100) }),
  };

  test("leads to each port that declares a path, under that path", () => {
    const { routes } = routesFor(input({ domains: { "example.org": domain("shop") }, services }));
    expect(routes.map(({ name, target, path }) => [name, target, path])).toEqual([
      ["shop_example.org", "shop:horizon:web", undefined],
      ["shop_example.org_compute", "shop:nova:public", "/compute"],
    ]);
  });

  test("replaces the path by another one with a regular expression", () => {
    const { routes } = routesFor(input({ domains: { "example.org": domain("shop") }, services }));
    const { middlewares } = decodeTraefik(routes[1] ? entriesOf(routes[1]) : {});
    expect(middlewares?.["shop_example.org_compute_rewrite"]).toEqual({
      replacepathregex: { regex: "^/compute(/.*)?$", replacement: `/v2.1/$$x$${"{1}"}` },
    });
  });

  test("puts the domain's own path before that of the port", () => {
    const domains = { "example.org": domain("shop", { path: "/cloud" }) };
    const { routes } = routesFor(input({ domains, services }));
    expect(routes.map(({ path }) => path)).toEqual(["/cloud", "/cloud/compute"]);
  });

  test("has no route, and a notice, when no port declares a path", () => {
    const result = routesFor(
      input({ domains: { "example.org": domain("shop") }, services: website }),
    );
    expect(result.routes).toEqual([]);
    expect(result.notices[0]).toContain("no service of shop declares a URL path");
  });

  test("is refused when two services declare the same path", () => {
    const twice = { ...services, ...service("nova2", { public: http(1, { path: "/compute" }) }) };
    const [error] = problems({ domains: { "example.org": domain("shop") }, services: twice });
    expect(error?.code).toBe("SERVICEFILE_INVALID");
    expect(error?.message).toContain(
      "example.org/compute leads to shop:nova:public and to shop:nova2:public",
    );
  });
});

describe("a wildcard", () => {
  const domains = { "*.example.org": domain("shop:website", { domain: "*.example.org" }) };

  test("matches one label, and comes after every host that is named", () => {
    const { name, traefik } = only({ domains, services: website });
    expect(name).toBe("shop_wildcard.example.org");
    expect(traefik.routers[name]).toMatchObject({
      rule: "HostRegexp(`^[^.]+\\.example\\.org$`)",
      priority: "-1000000",
    });
  });
});

describe("authentication", () => {
  const auth = { zoe: password("one"), adam: password("two") };

  test("is digest by default, users sorted", () => {
    const { traefik } = only({
      domains: { "example.org": domain("shop:website", { auth }) },
      services: website,
    });
    expect(traefik.routers["shop_example.org"]?.middlewares).toEqual(["shop_example.org_auth"]);
    expect(traefik.middlewares?.["shop_example.org_auth"]).toEqual({
      digestauth: {
        realm: "protected",
        users: ["adam:protected:md5(adam:protected:two)", "zoe:protected:md5(zoe:protected:one)"],
      },
    });
  });

  test("can be basic", () => {
    const { traefik } = only({
      domains: { "example.org": domain("shop:website", { auth, authMode: "basic" }) },
      services: website,
    });
    expect(traefik.middlewares?.["shop_example.org_auth"]).toEqual({
      basicauth: {
        realm: "protected",
        users: ["adam:bcrypt(shop/example.org/adam|two)", "zoe:bcrypt(shop/example.org/zoe|one)"],
      },
    });
  });

  test("comes before the rewrite, and its values are secret", () => {
    const { entries, traefik, name } = only({
      domains: { "example.org": domain("shop:website", { auth, path: "/x" }) },
      services: service("website", { http: http(80, { rewrite: "/" }) }),
    });
    expect(traefik.routers[name]?.middlewares).toEqual([`${name}_auth`, `${name}_rewrite`]);
    expect(JSON.stringify(entries)).not.toMatch(/adam|md5/);
  });

  test.for(["a:b", "a,b", "", "a b"])("refuses the user %j", (user) => {
    const domains = { "example.org": domain("shop:website", { auth: { [user]: password("p") } }) };
    expect(problems({ domains, services: website }).map(({ code }) => code)).toEqual([
      "SERVICEFILE_INVALID",
    ]);
  });
});

describe("a target in another deployment", () => {
  const domains = { "example.org": domain("other:api") };

  test("leads to where the store says it is", () => {
    const foreign = (deployment: string): Record<string, string> =>
      deployment === "other" ? { "api/http": "other-api-1:80", "api2/http": "wrong:1" } : {};
    const { target, traefik } = only({ domains, foreign });
    expect(target).toBe("other:api:http");
    expect(traefik.services["shop_example.org"]?.loadbalancer.servers).toEqual([
      { url: "http://other-api-1:80" },
    ]);
  });

  test.for(["other:api", "other:api:web", "other"])(
    "that is not there yet is a notice: %s",
    (to) => {
      const result = routesFor(input({ domains: { "example.org": domain(to) } }));
      expect(result.routes).toEqual([]);
      expect(result.notices).toHaveLength(1);
    },
  );

  test("with several ports must say which one", () => {
    const foreign = () => ({ "api/a": "h:1", "api/b": "h:2" });
    expect(problems({ domains, foreign })[0]?.message).toContain("it has: a, b");
  });
});

describe("what is wrong", () => {
  test("an unknown service is named, with the one that was meant and its place in the file", () => {
    const domains = { "example.org": domain("shop:websit") };
    const [error] = problems({ domains, services: website });
    expect(error?.code).toBe("DOMAIN_TARGET_UNKNOWN");
    expect(error?.message).toBe('example.org: shop has no service "websit"; it has: website');
    expect(error?.hint).toBe('did you mean "website"?');
    expect(error?.at).toEqual({ file: "Servicefile", line: 3, column: 1 });
  });

  test.for([
    ["an unknown port", "shop:website:web", { http: http(80) }, "it has: http (80)"],
    ["no port at all", "shop:website", {}, "website has no port"],
    ["several ports", "shop:website", { a: tcp(1), b: tcp(2) }, "it has: a (1), b (2)"],
  ] as const)("%s is told with the ports there are", ([, to, ports, expected]) => {
    const domains = { "example.org": domain(to) };
    const [error] = problems({ domains, services: service("website", ports) });
    expect(error?.code).toBe("DOMAIN_TARGET_UNKNOWN");
    expect(error?.message).toContain(expected);
  });

  test("a one-shot cannot be a target", () => {
    const services = service("migrate", { http: http(1) }, { kind: "task" });
    const [error] = problems({ domains: { "example.org": domain("shop:migrate") }, services });
    expect(error?.message).toContain("migrate is a one-shot");
  });

  test.for([
    { domain: "a`) || Host(`b" },
    { domain: "example.org:80" },
    { path: "x" },
    { path: "/a`b" },
    { path: "/a,b" },
    { path: "/a?b" },
  ])("nothing gets into a rule that is not a host or a path: %j", (more) => {
    const domains = { "example.org": domain("shop:website", more) };
    expect(problems({ domains, services: website }).map(({ code }) => code)).toEqual([
      "SERVICEFILE_INVALID",
    ]);
  });

  test("everything is told at once", () => {
    const domains = { a: domain("shop:x", { domain: "a" }), b: domain("shop:y", { domain: "b" }) };
    expect(problems({ domains })).toHaveLength(2);
  });
});

test("a domain that leads nowhere has no route", () => {
  expect(routesFor(input({ domains: { "example.org": domain(undefined) } })).routes).toEqual([]);
});

test("the order of domains and services does not matter", () => {
  const a = { "a.org": domain("shop:website", { domain: "a.org" }) };
  const b = { "b.org": domain("shop:website", { domain: "b.org" }) };
  const one = routesFor(input({ domains: { ...a, ...b }, services: website }));
  const other = routesFor(input({ domains: { ...b, ...a }, services: website }));
  expect(JSON.stringify(one)).toBe(JSON.stringify(other));
});

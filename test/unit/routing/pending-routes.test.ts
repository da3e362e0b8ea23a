import { describe, expect, test } from "vitest";
import type { Live } from "../../../src/live.ts";
import type { Model, PendingRoute } from "../../../src/model.ts";
import { planDeployment } from "../../../src/plan/plan-deployment.ts";
import { planDestruction } from "../../../src/plan/plan-destruction.ts";
import { caddyFormat } from "../../../src/routing/caddy/caddy-format.ts";
import { decodePending, encodePending, pendingKey } from "../../../src/routing/pending-key.ts";
import { completedRoutes } from "../../../src/routing/pending-routes.ts";
import type { RouteFormat } from "../../../src/routing/route-format.ts";
import { routesFor } from "../../../src/routing/routes-for.ts";
import { traefikFormat } from "../../../src/routing/traefik/traefik-format.ts";
import { Secret } from "../../../src/secret.ts";
import { DEPLOYMENT, live, model, route, service } from "../../helpers/build.ts";
import { digest } from "../../helpers/world.ts";
import { domain, input } from "./build-routing.ts";

function waiting(more: Partial<PendingRoute> = {}): PendingRoute {
  return {
    ...route("front_example.org", { target: `${DEPLOYMENT}:web`, servers: [] }),
    awaits: { deployment: DEPLOYMENT, service: "web", port: undefined },
    ...more,
  };
}

const KEY = `traefik/axon/pending/${DEPLOYMENT}/front_example.org`;

describe("a domain whose service another deployment does not have yet", () => {
  test("is remembered with all that its route needs", () => {
    const auth = { guest: new Secret("welcome") };
    const { pending, routes, notices } = routesFor(
      input({ domains: { "example.org": domain("blog:web:http", { auth, path: "/x" }) } }),
    );
    expect(routes).toEqual([]);
    expect(pending).toMatchObject([
      {
        name: "shop_example.org_x",
        target: "blog:web:http",
        servers: [],
        awaits: { deployment: "blog", service: "web", port: "http" },
      },
    ]);
    expect(pending[0]?.auth?.users).toHaveLength(1);
    expect(notices).toEqual([
      "example.org: blog:web:http is not there yet; the route appears when it is deployed",
    ]);
  });

  test("is kept as one text, which is not for showing, and read back as it was", () => {
    const auth = { mode: "basic", realm: "r", users: [new Secret("a:b")] } as const;
    const text = encodePending(waiting({ auth }));
    const back = decodePending(text.reveal());
    expect(back).toMatchObject({ name: "front_example.org", awaits: { service: "web" } });
    expect(back?.auth?.users[0]?.reveal()).toBe("a:b");
    expect(String(text)).toBe("[secret]");
  });

  test.for(["", "{}", "null", '{"version":2,"route":{}}'])("is not read from %s", (text) => {
    expect(decodePending(text)).toBeUndefined();
  });
});

describe("a deployment that others wait for", () => {
  const endpoints = { "web/http": "shop-web-1:80", "web/admin": "shop-web-1:81" };
  const services = { web: service("web") };
  const completed = (
    one: PendingRoute,
    otherRoutes: readonly string[] = [],
    format: RouteFormat = traefikFormat,
  ) =>
    completedRoutes(
      { ...model({ services: [] }), services, endpoints },
      { awaited: [one], otherRoutes },
      format,
    );

  test("completes their routes when it has the service", () => {
    expect(completed(waiting())).toMatchObject({
      "front_example.org": {
        target: `${DEPLOYMENT}:web:http`,
        servers: [{ host: "shop-web-1", port: 80 }],
      },
    });
    const admin = { deployment: DEPLOYMENT, service: "web", port: "81" };
    expect(Object.values(completed(waiting({ awaits: admin })))).toMatchObject([
      { target: `${DEPLOYMENT}:web:admin` },
    ]);
  });

  test("completes none for a service or port that it does not have, or a domain that is taken", () => {
    const port = { deployment: DEPLOYMENT, service: "web", port: "smtp" };
    expect(completed(waiting({ awaits: port }))).toEqual({});
    expect(completed(waiting({ awaits: { ...port, service: "db" } }))).toEqual({});
    expect(completed(waiting(), ["third_example.org"])).toEqual({});
  });

  test("completes none that its router cannot have", () => {
    expect(completed(waiting({ kind: "tcp" }), [], caddyFormat)).toEqual({});
  });
});

describe("the plan", () => {
  const writes = (wanted: Model, there: Live) =>
    planDeployment(wanted, there, { digest }).operations.flatMap((operation) =>
      operation.kind === "store.write" ? operation.writes : [],
    );
  const waits = { ...model({ services: [] }), pending: { "front_example.org": waiting() } };

  test("keeps what is waited for in the store, once", () => {
    expect(writes(waits, live())).toMatchObject([{ kind: "put", key: KEY }]);
    const store = { pending: { [KEY]: encodePending(waiting()) } };
    expect(writes(waits, live({ store }))).toEqual([]);
  });

  test("removes it when it is not wanted any more, or is there", () => {
    const store = { pending: { [KEY]: encodePending(waiting()) } };
    const removal = { kind: "delete", key: KEY };
    expect(writes(model({ services: [] }), live({ store }))).toEqual([removal]);
    const plan = planDestruction(DEPLOYMENT, live({ store }), { volumes: false });
    expect(plan.operations).toMatchObject([{ writes: [removal] }]);
  });

  test("of whom was waited for makes the route, and then forgets that it was waited for", () => {
    const web = service("web");
    const endpoints = { "web/http": "shop-web-1:80" };
    const wanted = { ...model({ services: [web] }), endpoints };
    const plan = planDeployment(wanted, live({ store: { awaited: [waiting()] } }), { digest });
    expect(plan.changes.map(({ address }) => address)).toContain("route.front_example.org");
    const forgets = plan.operations.find(({ id }) => id === "store.write:awaited");
    expect(forgets).toMatchObject({ writes: [{ kind: "delete", key: pendingKey(waiting()) }] });
    expect(forgets?.after.some((id) => id.includes("front_example.org"))).toBe(true);
  });
});

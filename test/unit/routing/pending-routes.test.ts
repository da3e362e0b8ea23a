import { describe, expect, test } from "vitest";
import type { Live } from "../../../src/live.ts";
import type { Model, PendingRoute } from "../../../src/model.ts";
import { planDeployment } from "../../../src/plan/plan-deployment.ts";
import { planDestruction } from "../../../src/plan/plan-destruction.ts";
import { caddyFormat } from "../../../src/routing/caddy/caddy-format.ts";
import { encodePending, pendingKey } from "../../../src/routing/pending-key.ts";
import { completedRoutes, withArrived } from "../../../src/routing/pending-routes.ts";
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
});

describe("a deployment that others wait for", () => {
  const endpoints = { "web/http": "shop-web-1:80", "web/admin": "shop-web-1:81" };
  const services = { web: service("web") };
  const completedOf = (
    awaited: readonly PendingRoute[],
    otherRoutes: readonly string[] = [],
    format: RouteFormat = traefikFormat,
  ) =>
    completedRoutes(
      { ...model({ services: [] }), services, endpoints },
      { awaited, otherRoutes },
      format,
    );
  const completed = (one: PendingRoute, ...more: [(readonly string[])?, RouteFormat?]) =>
    completedOf([one], ...more);

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

  test("completes one of two that wait for one place, whatever order they are found in", () => {
    const second = waiting({ name: "side_example.org" });
    for (const awaited of [
      [waiting(), second],
      [second, waiting()],
    ]) {
      expect(Object.keys(completedOf(awaited))).toEqual(["front_example.org"]);
    }
    const other = waiting({ name: "side_example.org_x", path: "/x" });
    expect(Object.keys(completedOf([other, waiting()]))).toHaveLength(2);
  });

  test("plans it without a conflict, and leaves the other one waiting", () => {
    const second = waiting({ name: "side_example.org" });
    const store = {
      awaited: [waiting(), second],
      otherPending: ["front_example.org", "side_example.org"],
    };
    const wanted = { ...model({ services: [service("web")] }), endpoints };
    const { operations } = planDeployment(wanted, live({ store }), { digest });
    const forgets = operations.find(({ id }) => id === "store.write:awaited");
    expect(forgets).toMatchObject({ writes: [{ kind: "delete", key: KEY }] });
  });

  test("completes none that its router cannot have", () => {
    expect(completed(waiting({ kind: "tcp" }), [], caddyFormat)).toEqual({});
  });
});

describe("an earlier revision", () => {
  const awaits = { deployment: "blog", service: "web", port: undefined };
  const [x, y] = ["x.example.org", "y.example.org"].map((at) =>
    waiting({ name: `${DEPLOYMENT}_${at}`, domain: at, awaits }),
  );
  if (x === undefined || y === undefined) throw new Error();
  const late = { ...y, awaits: { ...awaits, deployment: "forum" } };
  const revision = { ...model(), pending: { [x.name]: x, [late.name]: late } };

  test("has the routes that it waited for, where their services are there by now", () => {
    const back = withArrived(revision, { blog: { "web/http": "blog-web-1:80" } });
    expect(Object.values(back.routes)).toMatchObject([
      { name: x.name, target: "blog:web:http", servers: [{ host: "blog-web-1", port: 80 }] },
    ]);
    expect(Object.keys(back.pending ?? {})).toEqual([late.name]);
    expect(back.routes[x.name]).not.toHaveProperty("awaits");
  });

  test("of an Axon that knew of no waiting is as it was", () => {
    expect(withArrived(model(), {}).routes).toEqual({});
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

  test.for([
    ["front_example.org_x", "example.org/x"],
    ["front_wildcard.example.org", "*.example.org"],
    ["front_a=5fb.example.org_x_y=5fz", "a_b.example.org/x/y_z"],
  ] as const)("names of %s, which it removes, the place %s", ([name, place]) => {
    const pending = { [pendingKey(waiting({ name }))]: encodePending(waiting({ name })) };
    const plan = planDeployment(model({ services: [] }), live({ store: { pending } }), { digest });
    const told = plan.changes.find(({ address }) => address === `pending.${name}`);
    expect(told).toMatchObject({ name: place, action: "remove" });
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

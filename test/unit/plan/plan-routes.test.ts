import { describe, expect, test } from "vitest";
import type { Plan } from "../../../src/plan/plan.ts";
import { planDeployment } from "../../../src/plan/plan-deployment.ts";
import { caddyFormat } from "../../../src/routing/caddy/caddy-format.ts";
import {
  imageIdentity,
  live,
  liveNetwork,
  model,
  route,
  running,
  service,
} from "../../helpers/build.ts";
import { digest, World } from "../../helpers/world.ts";

const NAME = "shop_example.org";

describe("a router that goes by names", () => {
  const web = service("web", {
    container: { image: imageIdentity("web:2") },
    replacement: { order: "start-first", because: "" },
  });
  const old = running(service("web"));
  const spec = route(NAME, { servers: [{ service: "web", instance: 1, port: 80 }] });
  const wanted = model({ services: [web], routes: { [NAME]: spec } });
  const planFor = (servers: readonly string[]) => {
    const there = caddyFormat.entriesOf(spec, servers);
    const store = { routes: { [NAME]: there } };
    const state = live({ engine: { containers: [old], networks: [liveNetwork("shop")] }, store });
    return planDeployment(wanted, state, { digest, format: caddyFormat });
  };
  const routesOf = ({ operations }: Plan) =>
    operations.filter(({ kind }) => kind.startsWith("route."));

  test("is not told of a replacement: the name leads to the new one, and the old one is drained", () => {
    const plan = planFor(["shop-web-1:80"]);
    const [verify, drain, ...undo] = routesOf(plan);
    expect(verify).toMatchObject({
      kind: "route.verify",
      servers: [{ address: "shop-web-1:80" }],
      after: ["container.succeed:shop-web-1"],
    });
    expect(drain).toMatchObject({
      kind: "route.drain",
      servers: [{ container: { id: old.id }, port: 80 }, { address: "shop-web-1-old:80" }],
    });
    expect(undo).toMatchObject([{ kind: "route.drain", onFailureOf: [verify?.id] }]);
    const stop = plan.operations.find(({ kind }) => kind === "container.stop");
    expect(stop?.after).toContain(drain?.id);
    const [change] = plan.changes;
    expect(change?.attributes.at(-1)).toMatchObject({ path: "routes", note: "when it is ready" });
  });

  test("is told where what it knows is no name", () => {
    const kinds = routesOf(planFor([`${old.id.slice(0, 12)}:80`])).map(({ kind }) => kind);
    expect(kinds).toContain("route.switch");
  });
});

test("a replacement says which routes go along as they stand in the file", () => {
  const routes = ["shop_wildcard.example.org", "shop_example.org_shop_a=5fb"].map((name) =>
    route(name),
  );
  const wanted = model({
    services: [service("web", { container: { image: imageIdentity("web:2") } })],
    routes: Object.fromEntries(routes.map((spec) => [spec.name, spec])),
  });
  const old = running(service("web"));
  const there = routes.map((spec) => {
    return [spec.name, caddyFormat.entriesOf(spec, [`${old.name}:80`])] as const;
  });
  const state = live({
    engine: { containers: [old], networks: [liveNetwork("shop")] },
    store: { routes: Object.fromEntries(there) },
  });
  const { changes } = planDeployment(wanted, state, { digest, format: caddyFormat });
  expect(changes[0]?.attributes.at(-1)).toMatchObject({
    path: "routes",
    after: ["*.example.org", "example.org/shop/a_b"],
  });
});

/** Both services, of which the domain leads to one. */
function edition(env: string, leadsTo: string) {
  const services = ["web", "api"].map((name) => service(name, { container: { env: { V: env } } }));
  const servers = [{ service: leadsTo, instance: 1, port: 80 }];
  return model({ services, routes: { [NAME]: route(NAME, { servers }) } });
}

test("a route that goes from one service to another moves, though both are replaced and so have no address yet", async () => {
  const world = new World();
  await world.deploy(edition("1", "web"));
  const next = edition("2", "api");
  await world.deploy(next);
  const { changes, operations } = await world.plan(next);
  expect({ changes, operations }).toEqual({ changes: [], operations: [] });
});

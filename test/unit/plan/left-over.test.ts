import { describe, expect, test } from "vitest";
import type { Live, LiveContainer } from "../../../src/live.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { planDeployment } from "../../../src/plan/plan-deployment.ts";
import { caddyFormat } from "../../../src/routing/caddy/caddy-format.ts";
import type { RouteFormat } from "../../../src/routing/route-format.ts";
import { traefikFormat } from "../../../src/routing/traefik/traefik-format.ts";
import {
  CHECK,
  imageIdentity,
  live,
  liveNetwork,
  model,
  route,
  running,
  service,
} from "../../helpers/build.ts";
import { digest } from "../../helpers/world.ts";

const ROUTE = "shop_example.org";
const web = service("web", {
  container: { image: imageIdentity("web:2"), healthcheck: CHECK },
  ports: { http: { number: 80, protocol: "http" } },
  replacement: { order: "start-first", because: "" },
});
const old = running(service("web", { container: { healthcheck: CHECK } }), {
  id: "old",
  health: "healthy",
});
const next = running(web, { id: "next", name: "shop-web-1-next", health: "healthy" });
const swapped = [
  { ...old, name: "shop-web-1-old" },
  { ...next, name: "shop-web-1" },
];

interface Found {
  readonly store?: Partial<Live["store"]>;
  readonly format?: RouteFormat;
  readonly servers?: readonly string[];
}

function planFor(containers: readonly LiveContainer[], found: Found = {}): Plan {
  const { store, format = caddyFormat, servers = ["shop-web-1:80"] } = found;
  const spec = route(ROUTE);
  const routes = { [ROUTE]: format.entriesOf(spec, servers) };
  const state = live({
    engine: { containers, networks: [liveNetwork("shop")] },
    store: { routes, ...store },
  });
  const wanted = model({ services: [web], routes: { [ROUTE]: spec } });
  return planDeployment(wanted, state, { digest, format });
}

function operation({ operations }: Plan, id: string) {
  return operations.find((one) => one.id === id);
}

describe("a container that a run left beside its successor, where the router goes by names", () => {
  test("stops when the successor has the name, the route leads there and nothing is in flight to it", () => {
    const plan = planFor([old, next]);
    const verify = operation(plan, `route.verify:${ROUTE}:left:shop-web-1`);
    expect(verify).toMatchObject({
      servers: [{ address: "shop-web-1:80" }],
      isHealthy: true,
      after: expect.arrayContaining(["container.rename:shop-web-1-next"]),
    });
    const drain = operation(plan, `route.drain:${ROUTE}:left:shop-web-1`);
    expect(drain).toMatchObject({
      servers: [{ container: { id: "old" }, port: 80 }, { address: "shop-web-1-old:80" }],
      after: [verify?.id],
    });
    expect(operation(plan, "container.stop:shop-web-1")?.after).toContain(drain?.id);
  });

  test("has requests in flight also when the names were swapped already", () => {
    const plan = planFor(swapped);
    const drain = operation(plan, `route.drain:${ROUTE}:left:shop-web-1-old`);
    expect(drain).toMatchObject({
      servers: [{ container: { id: "old" }, port: 80 }, { address: "shop-web-1-old:80" }],
    });
    expect(operation(plan, "container.stop:shop-web-1-old")?.after).toContain(drain?.id);
  });

  test("has them also where its successor is itself replaced, which waits for it to be gone", () => {
    const outdated = swapped.map((one) => ({
      ...one,
      spec: { ...one.spec, image: imageIdentity(`${one.id}:0`) },
    }));
    const plan = planFor(outdated);
    const drain = `route.drain:${ROUTE}:left:shop-web-1-old`;
    expect(operation(plan, drain)?.after).toEqual([]);
    expect(operation(plan, "container.stop:shop-web-1-old")?.after).toContain(drain);
    expect(operation(plan, "container.aside:shop-web-1")?.after).toContain(
      "container.remove:shop-web-1-old",
    );
  });

  test("goes before the name does where it has the name that another one is to be called meanwhile", () => {
    const third = { ...old, id: "third", name: "shop-web-1-old" };
    const plan = planFor([old, next, third]);
    const drain = operation(plan, `route.drain:${ROUTE}:left:shop-web-1-old`);
    expect(drain?.after).not.toContain("container.rename:shop-web-1-next");
    expect(operation(plan, "container.stop:shop-web-1-old")?.after).toContain(drain?.id);
    expect(operation(plan, `route.drain:${ROUTE}:left:shop-web-1`)).toBeDefined();
  });

  test("is not waited for where it does not run, or no route leads there", () => {
    const kindsOf = ({ operations }: Plan) => operations.map(({ kind }) => kind);
    expect(kindsOf(planFor([{ ...old, status: "exited" }, next]))).not.toContain("route.drain");
    const state = live({ engine: { containers: [old, next], networks: [liveNetwork("shop")] } });
    const plan = planDeployment(model({ services: [web] }), state, { digest, format: caddyFormat });
    expect(kindsOf(plan)).not.toContain("route.drain");
  });
});

describe("where the router is told", () => {
  const drained = (containers: readonly LiveContainer[], id: string) => {
    const plan = planFor(containers, { format: traefikFormat, servers: [`${id}:80`] });
    return plan.operations.flatMap(({ kind, id: drain }) => (kind === "route.drain" ? drain : []));
  };

  test("what is in flight is waited for once: after its own switch, or where the switch was done", () => {
    expect(drained([old, next], "old")).toEqual([`route.drain:${ROUTE}`]);
    expect(drained(swapped, "next")).toEqual([`route.drain:${ROUTE}:left:shop-web-1-old`]);
  });
});

describe("a container that a run left stops when its successor is where others look for it", () => {
  test("on all networks that the service is to be on, not on those only that it is on", () => {
    const detached = { ...next, spec: { ...next.spec, networks: [] } };
    const stop = operation(planFor([old, detached]), "container.stop:shop-web-1");
    expect(stop?.after).toContain("network.connect:shop-web-1-next:shop");
  });

  test("and in the catalogue", () => {
    const plan = planFor([old, next]);
    const told = operation(plan, "catalogue.write:shop-web-1");
    expect(told).toMatchObject({ container: { id: "next" } });
    expect(operation(plan, "container.stop:shop-web-1")?.after).toContain(told?.id);
  });
});

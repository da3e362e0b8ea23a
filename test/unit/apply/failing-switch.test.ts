import { describe, expect, test } from "vitest";
import { judgeRun } from "../../../src/apply/judge-run.ts";
import { AxonError } from "../../../src/errors.ts";
import type { Router } from "../../../src/router/router.ts";
import { traefikRouter } from "../../../src/router/traefik-router.ts";
import { model, route, service } from "../../helpers/build.ts";
import { failing, World } from "../../helpers/world.ts";

const NAME = "shop_example.org";
const ORDERS = ["start-first", "stop-first"] as const;

type Step = "prepare" | "switchTo" | "verify";

function edition(env: string, order: (typeof ORDERS)[number]) {
  const replacement = { order, because: "" };
  const web = service("web", { replacement, container: { env: { V: env } } });
  return model({ services: [web], routes: { [NAME]: route(NAME) } });
}

/** Once, at its first call. */
function failingAt(router: Router, step: Step, moment: "before" | "after"): Router {
  const error = new AxonError("ROUTE_NOT_SWITCHED", "example.org leads elsewhere");
  let isDue = true;
  const faulty = failing({ [step]: router[step] } as Pick<Router, Step>, () => {
    const fault = isDue ? { moment, error } : undefined;
    isDue = false;
    return fault;
  });
  return { ...router, [step]: faulty[step] };
}

describe.for(ORDERS)("a replacement (%s) whose route", (order) => {
  test.for<[Step, "before" | "after", string]>([
    ["prepare", "before", "cannot be prepared"],
    ["prepare", "after", "is prepared without an answer"],
    ["switchTo", "before", "is not switched"],
    ["switchTo", "after", "is switched without an answer"],
    ["verify", "before", "is not found to lead to the new one"],
  ])("%s %s: %s, leaves the old one and its route", async ([step, moment]) => {
    const world = new World();
    await world.deploy(edition("1", order));
    const before = { routes: world.store.entries(), containers: await containersOf(world) };
    const plan = await world.plan(edition("2", order));
    const router = traefikRouter(world.store, async () => {});
    const outcomes = await world.apply(plan, { router: failingAt(router, step, moment) });
    const verdict = judgeRun(plan, outcomes, false);
    expect(verdict).toMatchObject({
      exitCode: 5,
      failed: [{ address: "service.web", rolledBack: true, error: { code: "ROUTE_NOT_SWITCHED" } }],
    });
    expect(world.store.entries()).toEqual(before.routes);
    expect(await containersOf(world)).toEqual(before.containers);
  });
});

async function containersOf(world: World) {
  const { engine } = await world.observe();
  return engine.containers.map(({ id, name, status, spec }) => ({ id, name, status, spec }));
}

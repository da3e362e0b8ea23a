import { expect, test } from "vitest";
import type { Live } from "../../../src/live.ts";
import { planDeployment } from "../../../src/plan/plan-deployment.ts";
import { planDestruction } from "../../../src/plan/plan-destruction.ts";
import { withRouterFaults } from "../../../src/plan/router-faults.ts";
import { traefikFormat } from "../../../src/routing/traefik/traefik-format.ts";
import { live, model, route, service } from "../../helpers/build.ts";
import { digest } from "../../helpers/world.ts";

const NAME = "shop_example.org";
const FAULT = "traefik/http/routers/a/rules is nothing that Traefik knows";

const there = { [NAME]: traefikFormat.entriesOf(route(NAME), ["a:80"]) };
const poisoned = (more: Partial<Live["store"]> = {}): Live =>
  live({ store: { routerFaults: [FAULT], ...more } });

function told(state: Live, plan = planDeployment(model(), state, { digest })) {
  return withRouterFaults(plan, state.store).notices.map(({ code, message }) => [
    code,
    message.includes(FAULT),
  ]);
}

test("what keeps the router from taking up anything is told by the plan that removes the last route", () => {
  expect(told(poisoned({ routes: there }))).toEqual([["ROUTER_POISONED", true]]);
});

test("and by the one that destroys what has a route", () => {
  const state = poisoned({ routes: there });
  const plan = planDestruction("shop", state, { volumes: false });
  expect(told(state, plan)).toEqual([["ROUTER_POISONED", true]]);
});

test("and by the one that makes a route that another deployment has waited for", () => {
  const awaits = { deployment: "shop", service: "web", port: undefined };
  const state = poisoned({ awaited: [{ ...route("blog_example.org"), awaits }] });
  const endpoints = { "web/http": "shop-web-1:80" };
  const plan = planDeployment(model({ services: [service("web")], endpoints }), state, { digest });
  expect(told(state, plan)).toEqual([["ROUTER_POISONED", true]]);
});

test("and by none that has nothing to do with routes", () => {
  expect(told(poisoned())).toEqual([]);
});

import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { Model } from "../../src/model.ts";
import type { Operation } from "../../src/plan/plan.ts";
import { planDeployment } from "../../src/plan/plan-deployment.ts";
import { planDestruction } from "../../src/plan/plan-destruction.ts";
import { planAsJson } from "../../src/plan/render-json.ts";
import { NO_PAINT, renderPlan } from "../../src/plan/render-text.ts";
import { digest } from "../helpers/world.ts";
import { scenarios, worldAfter } from "./histories.ts";

vi.setConfig({ testTimeout: 60_000 });

const PLACE = { engine: "fake engine", store: "memory" };

test("the same input gives the same text, in whatever order it comes", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async ({ history, model }) => {
      const live = await (await worldAfter(history)).observe();
      const plan = planDeployment(model, live, { digest });
      const shuffled = {
        ...live,
        engine: {
          ...live.engine,
          containers: live.engine.containers.toReversed(),
          networks: live.engine.networks.toReversed(),
          volumes: live.engine.volumes.toReversed(),
        },
        store: { ...live.store, config: reversed(live.store.config) },
      };
      const again = planDeployment(withReversedValues(model), shuffled, { digest });
      expect(textOf(again)).toEqual(textOf(plan));
    }),
  );
});

test("no secret is in a plan that is shown or saved", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async ({ history, model }) => {
      const live = await (await worldAfter(history)).observe();
      expect(textOf(planDeployment(model, live, { digest }))).not.toMatch(/classified/);
    }),
  );
});

test("operations come after all that they wait for, and each has an id of its own", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async ({ history, model }) => {
      const live = await (await worldAfter(history)).observe();
      const plans = [
        planDeployment(model, live, { digest }),
        planDestruction(model.deployment, live, { volumes: true }),
      ];
      for (const { operations, changes } of plans) {
        expectInOrder(operations);
        const addresses = changes.map(({ address }) => address);
        expect(addresses).toEqual([...new Set(addresses)]);
      }
    }),
  );
});

function expectInOrder(operations: readonly Operation[]): void {
  const seen = new Set<string>();
  const doubled: string[] = [];
  const early: string[] = [];
  for (const { id, after, onFailureOf = [] } of operations) {
    if (seen.has(id)) doubled.push(id);
    if ([...after, ...onFailureOf].some((earlier) => !seen.has(earlier))) early.push(id);
    seen.add(id);
  }
  expect({ doubled, early }).toEqual({ doubled: [], early: [] });
}

function textOf(plan: Parameters<typeof renderPlan>[0]): string {
  const json = JSON.stringify(planAsJson(plan, PLACE), undefined, 2);
  return renderPlan(plan, { title: "shop", paint: NO_PAINT }) + json;
}

/** Order has no meaning inside a container. The order of services is that of their names. */
function withReversedValues(model: Model): Model {
  const services = Object.entries(model.services).map(([name, { container, ...service }]) => [
    name,
    {
      ...service,
      container: { ...container, env: reversed(container.env) },
    },
  ]);
  return { ...model, config: reversed(model.config), services: Object.fromEntries(services) };
}

function reversed<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toReversed());
}

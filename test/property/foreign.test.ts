import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { planDestruction } from "../../src/plan/plan-destruction.ts";
import { DEPLOYMENT } from "../helpers/build.ts";
import { foreignState, scenarios, worldAfter } from "./histories.ts";

vi.setConfig({ testTimeout: 60_000 });

test("nothing that is not the deployment's is ever changed or removed", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async ({ history, model }) => {
      const world = await worldAfter(history);
      const before = foreignState(world);
      await world.deploy(model);
      expect(foreignState(world)).toBe(before);
    }),
  );
});

test("a destroyed deployment leaves what others have, and nothing of its own", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async ({ history }) => {
      const world = await worldAfter(history);
      const before = foreignState(world, { isDestroyed: true });
      const plan = planDestruction(DEPLOYMENT, await world.observe(), { volumes: true });
      await world.apply(plan);
      expect(foreignState(world, { isDestroyed: true })).toBe(before);
      const live = await world.observe();
      expect(live.engine).toMatchObject({ containers: [], networks: [], volumes: [] });
      expect(live.store).toMatchObject({ keys: 0, routes: {} });
    }),
  );
});

import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { Live } from "../../src/live.ts";
import { scenarios, worldAfter } from "./histories.ts";
import { stateOf } from "./state-of.ts";

vi.setConfig({ testTimeout: 60_000 });

test("what was deployed leaves nothing to plan, wherever it began", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async ({ history, model }) => {
      const world = await worldAfter(history);
      await world.deploy(model);
      const { changes, operations } = await world.plan(model);
      expect({ changes, operations }).toEqual({ changes: [], operations: [] });
    }),
  );
});

test("an unchanged deployment is planned and deployed without a single write", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async ({ model }) => {
      const world = await worldAfter({ deployed: [model], tampers: [] });
      const before = [world.engine.mutations, world.store.mutations];
      await world.deploy(model);
      expect([world.engine.mutations, world.store.mutations]).toEqual(before);
    }),
  );
});

test("going to another model and back ends where it began", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async ({ history, model: first, next: second }) => {
      const world = await worldAfter(history);
      await world.deploy(first);
      const before = stateOf(first, await world.observe());
      await world.deploy(second);
      await world.deploy(first);
      expect(stateOf(first, await world.observe())).toEqual(before);
    }),
  );
});

test("what the catalogue says of an instance's health is what the engine says, after every deploy", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, fc.infiniteStream(fc.boolean()), async ({ model }, choose) => {
      const world = await worldAfter({ deployed: [model], tampers: [] });
      const checked = [...world.engine.containers.values()].filter(
        ({ health }) => health !== "none",
      );
      for (const round of ["they fall ill", "it changes"]) {
        for (const one of checked) one.health = choose.next().value ? "healthy" : "unhealthy";
        await world.deploy(model);
        const live = await world.observe();
        expect([round, toldHealth(live)]).toEqual([round, realHealth(live)]);
      }
    }),
  );
});

function toldHealth({ store }: Live): Record<string, string> {
  const told = Object.values(store.registrations ?? {});
  return Object.fromEntries(told.map((one) => [`${one.service} ${one.instance}`, one.health]));
}

/** Of those that are told of. */
function realHealth(live: Live): Record<string, string> {
  const told = toldHealth(live);
  return Object.fromEntries(
    live.engine.containers
      .map(({ identity: { service, instance }, health }) => [
        `${service} ${instance}`,
        health === "unhealthy" ? "critical" : "passing",
      ])
      .filter(([name = ""]) => name in told),
  );
}

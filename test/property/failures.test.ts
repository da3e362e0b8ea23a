import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { AxonError } from "../../src/errors.ts";
import type { AxonEvent } from "../../src/events.ts";
import type { Model } from "../../src/model.ts";
import { type Fault, failing, type World } from "../helpers/world.ts";
import { scenarios, worldAfter } from "./histories.ts";

vi.setConfig({ testTimeout: 60_000 });

/** One call fails: before it takes effect, or after it, as when a connection breaks. */
const faults = fc.record({
  call: fc.nat({ max: 60 }),
  moment: fc.constantFrom<Fault["moment"]>("before", "after"),
  error: fc.constantFrom(new AxonError("ENGINE_UNREACHABLE", "gone"), new TypeError("odd")),
});

test("a run in which any one call fails does not throw, and the next one ends it", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, faults, async ({ history, model }, fault) => {
      const world = await worldAfter(history);
      await deployWith(world, model, fault);
      await expectConvergence(world, model);
    }),
  );
});

test("a run that is interrupted anywhere is ended by the next one", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, fc.nat({ max: 40 }), async ({ history, model }, moment) => {
      const world = await worldAfter(history);
      const stop = new AbortController();
      let begun = 0;
      const onEvent = ({ kind }: AxonEvent) => {
        if (kind !== "operation.started") return;
        if (begun === moment) stop.abort();
        begun += 1;
      };
      await world.apply(await world.plan(model), { stop: stop.signal, onEvent });
      await expectConvergence(world, model);
    }),
  );
});

test("a run that is killed anywhere is ended by the next one", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, fc.nat({ max: 60 }), async ({ history, model }, moment) => {
      const world = await worldAfter(history);
      let calls = 0;
      const killed = { moment: "before", error: new Error("killed") } as const;
      const faultOf = () => (calls++ < moment ? undefined : killed);
      await world.apply(await world.plan(model), {
        engine: failing(world.engine, faultOf),
        store: failing(world.store, faultOf),
      });
      await expectConvergence(world, model);
    }),
  );
});

test("what ran before a failure runs after it, in the old version or the new", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, faults, async ({ model: first, next: second }, fault) => {
      const [before, after] = [withoutHostPorts(first), withoutHostPorts(second)];
      const world = await worldAfter({ deployed: [before], tampers: [] });
      await deployWith(world, after, fault);
      const kept = Object.keys(before.services).filter((name) => name in after.services);
      expect(await runningServices(world)).toEqual(expect.arrayContaining(kept));
    }),
  );
});

async function deployWith(
  world: World,
  model: Model,
  fault: Fault & { readonly call: number },
): Promise<void> {
  let calls = 0;
  const faultOf = () => (calls++ === fault.call ? fault : undefined);
  await world.apply(await world.plan(model), {
    engine: failing(world.engine, faultOf),
    store: failing(world.store, faultOf),
  });
}

async function expectConvergence(world: World, model: Model): Promise<void> {
  await world.deploy(model);
  expect((await world.plan(model)).changes).toEqual([]);
}

async function runningServices(world: World): Promise<string[]> {
  const { containers } = (await world.observe()).engine;
  return containers
    .filter(({ status }) => status === "running")
    .map(({ identity }) => identity.service);
}

/** Where a host port has gone to a service that is good, its old holder cannot serve again. */
function withoutHostPorts(model: Model): Model {
  const services = Object.entries(model.services).map(([name, service]) => [
    name,
    { ...service, container: { ...service.container, publish: [] } },
  ]);
  return { ...model, services: Object.fromEntries(services) };
}

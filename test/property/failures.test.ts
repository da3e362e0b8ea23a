import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { AxonError } from "../../src/errors.ts";
import type { AxonEvent } from "../../src/events.ts";
import type { Model } from "../../src/model.ts";
import type { Call, Fault, World } from "../helpers/world.ts";
import { type Scenario, scenarios, worldAfter } from "./histories.ts";
import { stateOf } from "./state-of.ts";

vi.setConfig({ testTimeout: 60_000 });

/** One call fails: before it takes effect, or after it, as when a connection breaks. */
const faults = fc.record({
  call: fc.nat({ max: 60 }),
  moment: fc.constantFrom<Fault["moment"]>("before", "after"),
  error: fc.constantFrom(new AxonError("ENGINE_UNREACHABLE", "gone"), new TypeError("odd")),
});

const kills = fc.record({
  call: fc.nat({ max: 60 }),
  moment: fc.constantFrom<Fault["moment"]>("before", "within"),
});

test("a run in which any one call fails does not throw, and the next one ends it", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, faults, async ({ history, model }, fault) => {
      const world = await worldAfter(history);
      const refused = await deployWith(world, model, fault);
      await expectConvergence(world, { history, model }, refused);
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
      await expectConvergence(world, { history, model });
    }),
  );
});

test("a run that is killed anywhere is ended by the next one", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, kills, async ({ history, model }, { call, moment }) => {
      const world = await worldAfter(history);
      let calls = 0;
      const error = new Error("killed");
      const faultOf = (): Fault | undefined => {
        const number = calls++;
        if (number < call) return undefined;
        return { moment: number === call ? moment : "before", error };
      };
      await world.applyFailing(await world.plan(model), faultOf);
      await expectConvergence(world, { history, model });
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

/** Answers what was started although the engine seems to have refused to. */
async function deployWith(
  world: World,
  model: Model,
  fault: Fault & { readonly call: number },
): Promise<string[]> {
  let calls = 0;
  const refused: string[] = [];
  const faultOf = ({ method, args: [id] }: Call) => {
    if (calls++ !== fault.call) return undefined;
    const name = world.engine.containers.get(String(id))?.name;
    const isRefusal = fault.moment === "after" && !(fault.error instanceof AxonError);
    if (method === "startContainer" && isRefusal && name !== undefined) refused.push(name);
    return fault;
  };
  await world.applyFailing(await world.plan(model), faultOf);
  return refused;
}

/** What is there in the end is what would be there had nothing gone wrong, and no one-shot ran once more for it. */
async function expectConvergence(
  world: World,
  { history, model }: Pick<Scenario, "history" | "model">,
  refused: readonly string[] = [],
): Promise<void> {
  await world.deploy(model);
  const { changes, operations } = await world.plan(model);
  expect({ changes, operations }).toEqual({ changes: [], operations: [] });
  const calm = await worldAfter(history);
  await calm.deploy(model);
  expect(stateOf(model, await world.observe())).toEqual(stateOf(model, await calm.observe()));
  expect(filesIn(world)).toEqual(filesIn(calm));
  const again = refused.map((name) => `startContainer ${name}`);
  expect(jobStarts(world, model)).toEqual(jobStarts(calm, model, again));
}

function filesIn({ engine }: World): Record<string, Record<string, string>> {
  const containers = [...engine.containers.values()];
  return Object.fromEntries(containers.map(({ name, files }) => [name, Object.fromEntries(files)]));
}

/** In the whole life of the world. */
function jobStarts({ engine }: World, { tasks }: Model, besides: readonly string[] = []): string[] {
  const starts = Object.values(tasks).map(({ containerName }) => `startContainer ${containerName}`);
  return [...engine.calls, ...besides].filter((call) => starts.includes(call)).sort();
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

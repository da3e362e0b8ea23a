import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { Live } from "../../src/live.ts";
import type { Model } from "../../src/model.ts";
import { scenarios, worldAfter } from "./histories.ts";

vi.setConfig({ testTimeout: 60_000 });

test("with all that is held left as it is, what was deployed leaves nothing to plan", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, fc.infiniteStream(fc.boolean()), async (scenario, choose) => {
      const world = await worldAfter({ deployed: [scenario.model], tampers: [] });
      const names = Object.keys(scenario.next.services).filter(() => choose.next().value);
      const next = withoutHostPorts(holding(scenario.next, new Set(names)));
      const before = idsOf(await world.observe(), names);
      await world.deploy(next);
      const { changes, held } = await world.plan(next);
      expect(changes).toEqual([]);
      expect(held.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
      expect(idsOf(await world.observe(), names)).toEqual(before);
    }),
  );
});

/** These services and their one-shots require what is not there. */
function holding(model: Model, names: ReadonlySet<string>): Model {
  const resources = ["Absent"];
  return {
    ...model,
    services: mapValues(model.services, (item) =>
      names.has(item.name) ? { ...item, resources } : item,
    ),
    tasks: mapValues(model.tasks, (item) =>
      names.has(item.service) ? { ...item, resources } : item,
    ),
  };
}

/** A port of the host that a held service keeps cannot go to another one. */
function withoutHostPorts(model: Model): Model {
  const services = mapValues(model.services, (service) => ({
    ...service,
    container: {
      ...service.container,
      publish: service.container.publish.filter(({ hostPort }) => hostPort === 0),
    },
  }));
  return { ...model, services };
}

function idsOf({ engine }: Live, names: readonly string[]) {
  const ours = engine.containers.filter(({ identity }) => names.includes(identity.service));
  return ours.map(({ id }) => id).sort();
}

function mapValues<T>(items: Readonly<Record<string, T>>, map: (item: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(items).map(([name, item]) => [name, map(item)]));
}

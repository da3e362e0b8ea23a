import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { Live, LiveContainer } from "../../src/live.ts";
import type { Model } from "../../src/model.ts";
import { addressIn } from "../../src/plan/route-moves.ts";
import { readTraefik } from "../../src/routing/traefik/generation.ts";
import { reveal, type Text } from "../../src/secret.ts";
import { scenarios, worldAfter } from "./histories.ts";

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

/** Without ids and ports that the engine chose, without how well they are, and without what is kept on purpose: volumes and records of what the model has not. */
function stateOf(model: Model, { engine, store }: Live) {
  const containers = engine.containers.map(({ id: _, bound: __, health: ___, ...container }) => ({
    ...container,
    spec: { ...container.spec, env: clear(container.spec.env) },
  }));
  return {
    containers: containers.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    networks: engine.networks.map(({ name }) => name),
    volumes: engine.volumes.map(({ name }) => name).filter((name) => name in model.volumes),
    config: clear(store.config),
    ownedConfig: store.ownedConfig,
    endpoints: store.endpoints,
    routes: Object.entries(store.routes).map(([name, there]) => {
      const { entries, servers, hasLeftovers } = readTraefik(name, there);
      const named = servers.map((address) => withName(address, engine.containers));
      return [name, clear(entries), named, hasLeftovers];
    }),
    tasks: Object.values(store.tasks)
      .filter(({ id }) => model.tasks[id]?.run === "on-change")
      .map(({ id, exitCode, inputs }) => ({ id, exitCode, inputs })),
  };
}

function withName(address: string, containers: readonly LiveContainer[]): string {
  const found = containers.find(({ id }) => address.startsWith(`${addressIn(id)}:`));
  return found === undefined ? address : address.replace(addressIn(found.id), found.name);
}

function clear(texts: Readonly<Record<string, Text>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, reveal(text)]));
}

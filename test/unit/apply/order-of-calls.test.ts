import { setImmediate } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { DEFAULT_SETTINGS } from "../../../src/apply/run-context.ts";
import type { Model } from "../../../src/model.ts";
import { model, service } from "../../helpers/build.ts";
import { World } from "../../helpers/world.ts";

const NAMES = Array.from({ length: 20 }, (_, at) => `s${at}`);

const edition = (user: string): Model =>
  model({ services: NAMES.map((name) => service(name, { container: { user } })) });

async function replacing() {
  const world = await World.deployed(edition("one"));
  return { world, plan: await world.plan(edition("two")) };
}

afterEach(() => void vi.useRealTimers());

test("few services are down at the same time, and nothing is cleared away while another waits to be replaced", async () => {
  const { world, plan } = await replacing();
  let [down, most] = [0, 0];
  world.engine.intercept = async (call) => {
    if (call.startsWith("stopContainer")) down += 1;
    most = Math.max(most, down);
    await setImmediate();
    if (call.startsWith("startContainer")) down -= 1;
  };
  await world.apply(plan);
  const calls = world.containerCalls("stop", "remove").map((call) => call.split("Container")[0]);
  expect(calls).toEqual([...NAMES.map(() => "stop"), ...NAMES.map(() => "remove")]);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(6);
});

test("a container whose name another service is to have is removed before any of the others is replaced", async () => {
  const named = (name: string) => service(name, { containerNames: ["shop-front-1"] });
  const { services } = edition("one");
  const world = await World.deployed(
    model({ services: [...Object.values(services), named("web")] }),
  );
  const next = Object.values(edition("two").services);
  const plan = await world.plan(model({ services: [...next, named("www")] }));
  await world.apply(plan, { settings: { ...DEFAULT_SETTINGS, concurrency: 1 } });
  const calls = world.containerCalls("start", "stop");
  const comesBack = calls.findIndex((call) => call.startsWith("startContainer shop-front-1"));
  const stops = calls.slice(0, comesBack).filter((call) => call.startsWith("stopContainer"));
  expect(stops).toHaveLength(1);
});

test("where calls are made one by one, all are created before one stops, and what was stopped is started before the next one stops", async () => {
  const { world, plan } = await replacing();
  await world.apply(plan, { settings: { ...DEFAULT_SETTINGS, concurrency: 1 } });
  const calls = world.containerCalls("create", "start", "stop");
  const created = NAMES.map(() => "create");
  const replaced = NAMES.flatMap(() => ["stop", "start"]);
  expect(calls.map((call) => call.split("Container")[0])).toEqual([...created, ...replaced]);
});

test("any number that do not listen to their stop signal keep no neighbour down", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { world, plan } = await replacing();
  let kill = () => {};
  const killed = new Promise<void>((resolve) => {
    kill = resolve;
  });
  const isNeighbour = (call: string) => call.includes("s19-1");
  world.engine.intercept = async (call) => {
    if (call.startsWith("stopContainer") && !isNeighbour(call)) await killed;
  };
  const run = world.apply(plan);
  for (let tenth = 0; tenth < 30; tenth += 1) {
    await setImmediate();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(world.containerCalls("stop")).toHaveLength(20);
  expect(world.containerCalls("start").filter(isNeighbour)).toHaveLength(1);
  kill();
  const outcomes = await run;
  expect([...outcomes.values()].filter(({ kind }) => kind === "failed")).toEqual([]);
});

import { describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../../src/apply/run-context.ts";
import { bareVolume } from "../../../src/fields/volume-table.ts";
import type { Operation, OperationBody, Plan } from "../../../src/plan/plan.ts";
import { DEPLOYMENT, model, service, task } from "../../helpers/build.ts";
import { World } from "../../helpers/world.ts";

type Edges = Partial<Pick<Operation, "after" | "onFailureOf">>;

/** Volumes are the plainest thing that an operation can make. */
function volume(name: string, edges: Edges = {}): Operation {
  return {
    id: name,
    after: [],
    change: undefined,
    ...edges,
    kind: "volume.create",
    spec: bareVolume(name),
  };
}

function removal(name: string, edges: Edges): Operation {
  return { id: `-${name}`, after: [], change: undefined, ...edges, kind: "volume.remove", name };
}

function planOf(...operations: Operation[]): Plan {
  return { deployment: DEPLOYMENT, changes: [], operations, notices: [], held: [] };
}

function worldThatFailsOn(...names: string[]): World {
  const world = new World();
  for (const name of names) world.engine.failOn.set(`createVolume ${name}`, new Error("no"));
  return world;
}

const stopped = () => AbortSignal.abort();

describe("execute", () => {
  const run = async (world: World, ...operations: Operation[]) => {
    const outcomes = await world.apply(planOf(...operations));
    return Object.fromEntries([...outcomes].map(([id, { kind }]) => [id, kind]));
  };

  test("a container is stopped in the time that it was made with", async () => {
    const world = new World();
    const web = (user: string) => model({ services: [service("web", { container: { user } })] });
    for (const user of ["one", "two"]) await world.apply(await world.plan(web(user)));
    const stops = world.engine.calls.filter((call) => call.startsWith("stopContainer"));
    expect(stops).toEqual(["stopContainer shop-web-1"]);
  });

  test("what waits for something that failed is skipped, and so is what waits for that", async () => {
    const world = worldThatFailsOn("a");
    const b = volume("b", { after: ["a"] });
    const c = volume("c", { after: ["b"] });
    expect(await run(world, volume("a"), b, c, volume("d"))).toEqual({
      a: "failed",
      b: "skipped",
      c: "skipped",
      d: "done",
    });
    expect([...world.engine.volumes.keys()]).toEqual(["d"]);
  });

  test("a failure of any kind is an outcome with a code", async () => {
    const world = worldThatFailsOn("a");
    const outcome = (await world.apply(planOf(volume("a")))).get("a");
    expect(outcome).toMatchObject({ kind: "failed", error: { code: "OPERATION_FAILED" } });
  });

  test("what undoes does not run when all of its group was done", async () => {
    const world = new World();
    const undo = removal("a", { onFailureOf: ["a", "b"] });
    const b = volume("b", { after: ["a"] });
    expect(await run(world, volume("a"), b, undo)).toMatchObject({ "-a": "unneeded" });
    expect([...world.engine.volumes.keys()]).toEqual(["a", "b"]);
  });

  test("what undoes does not run when its group was never begun", async () => {
    const world = worldThatFailsOn("x");
    const a = volume("a", { after: ["x"] });
    const undo = removal("a", { onFailureOf: ["a"] });
    expect(await run(world, volume("x"), a, undo)).toMatchObject({
      a: "skipped",
      "-a": "unneeded",
    });
    expect(world.engine.calls).not.toContain("removeVolume a");
  });

  test.for(["b", "x"])("what undoes runs when its group was begun and %s failed", async (name) => {
    const world = worldThatFailsOn(name);
    const b = volume("b", { after: ["a", "x"] });
    const undo = removal("a", { onFailureOf: ["a", "b"] });
    expect(await run(world, volume("a"), volume("x"), b, undo)).toMatchObject({ "-a": "done" });
    expect(world.engine.volumes.has("a")).toBe(false);
  });

  test("what undoes waits for another that undoes, whatever became of it", async () => {
    const world = worldThatFailsOn("b");
    world.engine.failOn.set("removeVolume a", new Error("no"));
    const first = removal("a", { onFailureOf: ["b"] });
    const second = removal("b", { onFailureOf: ["b"], after: ["-a"] });
    expect(await run(world, volume("b"), first, second)).toMatchObject({
      "-a": "failed",
      "-b": "done",
    });
    const { calls } = world.engine;
    expect(calls.indexOf("removeVolume b")).toBeGreaterThan(calls.indexOf("removeVolume a"));
  });

  test("after a stop signal nothing is begun, and what was begun is undone", async () => {
    const world = new World();
    const stop = new AbortController();
    world.engine.intercept = () => stop.abort();
    const b = volume("b", { after: ["a"] });
    const undo = removal("a", { onFailureOf: ["a", "b"] });
    const outcomes = await world.apply(planOf(volume("a"), b, undo), { stop: stop.signal });
    expect([...outcomes.values()]).toEqual([
      { kind: "done" },
      { kind: "skipped", because: "interrupted" },
      { kind: "done" },
    ]);
    expect(world.engine.volumes.size).toBe(0);
  });

  test("what was only waiting for its turn when the signal came is not begun", async () => {
    const world = new World();
    const stop = new AbortController();
    world.engine.intercept = () => stop.abort();
    const settings = { ...DEFAULT_SETTINGS, concurrency: 1 };
    await world.apply(planOf(volume("a"), volume("b"), volume("c")), {
      stop: stop.signal,
      settings,
    });
    expect([...world.engine.volumes.keys()]).toEqual(["a"]);
  });

  test("a one-shot, which waits for no turn, is not begun after the signal either", async () => {
    const world = new World();
    const body = { task: task("web.migrate"), inputs: {}, inputsDigest: "", resume: undefined };
    const common = { id: "run", kind: "task.run", after: [], change: undefined } as const;
    const outcomes = await world.apply(planOf({ ...common, ...body }), { stop: stopped() });
    expect([...outcomes.values()]).toEqual([{ kind: "skipped", because: "interrupted" }]);
    expect(world.engine.calls).toEqual([]);
  });

  test("a run that was stopped before it began makes no call", async () => {
    const world = new World();
    await world.apply(planOf(volume("a")), { stop: stopped() });
    expect(world.engine.calls).toEqual([]);
  });

  test("no more calls than the limit are in flight, and all are made", async () => {
    const world = new World();
    let [inFlight, most] = [0, 0];
    world.engine.intercept = async () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await Promise.resolve();
      inFlight -= 1;
    };
    const volumes = Array.from({ length: 20 }, (_, index) => volume(`v${index}`));
    await world.apply(planOf(...volumes), { settings: { ...DEFAULT_SETTINGS, concurrency: 3 } });
    expect([most, world.engine.volumes.size]).toEqual([3, 20]);
  });

  test("an operation without a container to work on fails, or has nothing to undo", async () => {
    const world = new World();
    const body: OperationBody = { kind: "container.start", container: { createdBy: "nobody" } };
    const common = { after: [], change: undefined };
    const undo = { ...common, ...body, id: "undo", onFailureOf: ["start"] };
    expect(await run(world, { ...common, ...body, id: "start" }, undo)).toEqual({
      start: "failed",
      undo: "done",
    });
  });

  test("events tell how it began, what became of each, and the sum", async () => {
    const world = worldThatFailsOn("a");
    await run(world, volume("a"), volume("b", { after: ["a"] }), volume("c"));
    expect(world.events.map(({ kind }) => kind).toSorted()).toEqual([
      "operation.done",
      "operation.failed",
      "operation.skipped",
      "operation.started",
      "operation.started",
      "run.finished",
      "run.started",
    ]);
    expect(world.events.at(-1)).toEqual({ kind: "run.finished", done: 1, failed: 1, skipped: 1 });
  });
});

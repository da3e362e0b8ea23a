import { describe, expect, test } from "vitest";
import { runTask } from "../../../src/apply/run-task.ts";
import { AxonError } from "../../../src/errors.ts";
import { imageFacts, imageIdentity, task } from "../../helpers/build.ts";
import type { FakeBehaviour } from "../../helpers/fake-engine.ts";
import { World } from "../../helpers/world.ts";

const RECORD = "axon/shop/state/tasks/web.migrate";
const migrate = task("web.migrate", {
  container: { image: imageIdentity("job:1"), networks: [] },
  acceptedExitCodes: [0, 4],
});
const operation = {
  id: "task.run:web.migrate",
  kind: "task.run",
  task: migrate,
  inputsDigest: "digest of the inputs",
  resume: undefined,
  inputs: { image: "sha256:1", "env.TOKEN": "digest:1" },
  after: [],
  change: "task.web.migrate",
} as const;

function worldWhere(behaviour: FakeBehaviour): World {
  const world = new World();
  world.engine.addImage(imageFacts("job:1"));
  world.engine.behaviours.set("job:1", behaviour);
  return world;
}

function recordIn({ store }: World): unknown {
  const text = store.entries()[RECORD];
  return text && JSON.parse(text);
}

describe("runTask", () => {
  test("the container runs under the task's name and labels, and is removed", async () => {
    const world = worldWhere({ exitCode: 0 });
    let seen: unknown;
    world.engine.intercept = (call) => {
      if (call.startsWith("startContainer")) seen = world.engine.container("shop-web-migrate");
    };
    await runTask(operation, world.context());
    expect(seen).toMatchObject({
      identity: { deployment: "shop", service: "web.migrate", instance: 0, kind: "bootstrap" },
    });
    expect(world.engine.containers.size).toBe(0);
  });

  test.for([0, 4])("accepted code %i is success, and is recorded with its inputs", async (code) => {
    const world = worldWhere({ exitCode: code });
    await runTask(operation, world.context());
    expect(recordIn(world)).toEqual({
      version: 1,
      id: "web.migrate",
      exitCode: code,
      ended: "exited",
      finishedAt: "1970-01-01T00:00:00.000Z",
      inputs: operation.inputs,
    });
  });

  test("a code that is not accepted is recorded, and is failure", async () => {
    const world = worldWhere({ exitCode: 3 });
    await expect(runTask(operation, world.context())).rejects.toMatchObject({
      code: "TASK_FAILED",
      message: "web.migrate exited with code 3",
    });
    expect(recordIn(world)).toMatchObject({ exitCode: 3, ended: "exited" });
    expect(world.engine.containers.size).toBe(0);
  });

  test("one that does not end in time is stopped, recorded as such, and is failure", async () => {
    const world = worldWhere({});
    await expect(runTask(operation, world.context())).rejects.toMatchObject({
      code: "TASK_TIMEOUT",
    });
    expect(world.engine.calls).toContain("stopContainer shop-web-migrate");
    expect(recordIn(world)).toMatchObject({ ended: "timeout" });
    expect(world.engine.containers.size).toBe(0);
  });

  test("one that was removed while it ran is recorded as interrupted, and is failure", async () => {
    const world = worldWhere({});
    world.engine.intercept = (call) => {
      if (call.startsWith("followLogs")) world.engine.containers.clear();
    };
    await expect(runTask(operation, world.context())).rejects.toMatchObject({
      code: "TASK_FAILED",
      message: "web.migrate was removed while it ran",
    });
    expect(recordIn(world)).toMatchObject({ ended: "interrupted" });
  });

  test("its lines are told with the stream that they came from", async () => {
    const world = worldWhere({
      exitCode: 0,
      lines: [
        { stream: "stdout", text: "one" },
        { stream: "stderr", text: "two" },
      ],
    });
    await runTask(operation, world.context());
    expect(world.events).toEqual([
      { kind: "task.output", task: "web.migrate", stream: "stdout", line: "one" },
      { kind: "task.output", task: "web.migrate", stream: "stderr", line: "two" },
    ]);
  });

  test("lines that cannot be read are no failure: the exit code counts", async () => {
    const world = worldWhere({ exitCode: 0 });
    world.engine.failOn.set("followLogs", new Error("the connection was lost"));
    await runTask(operation, world.context());
    expect(recordIn(world)).toMatchObject({ exitCode: 0 });
  });

  test("when engine calls fail at once, the first is told and none is dropped", async () => {
    const world = worldWhere({ exitCode: 0 });
    world.engine.failOn.set("followLogs", new Error("first"));
    world.engine.failOn.set("awaitContainer", new Error("second"));
    await expect(runTask(operation, world.context())).rejects.toThrow("second");
    expect(recordIn(world)).toBeUndefined();
  });

  test("one that cannot be started leaves no container", async () => {
    const world = worldWhere({ exitCode: 0 });
    world.engine.failOn.set("startContainer", new Error("no such command"));
    await expect(runTask(operation, world.context())).rejects.toThrow("no such command");
    expect(world.engine.containers.size).toBe(0);
  });

  test("one whose start got no answer may run, so its container is left for the next run", async () => {
    const world = worldWhere({ exitCode: 0 });
    const away = new AxonError("ENGINE_UNREACHABLE", "no engine answers");
    world.engine.failOn.set("startContainer", away);
    await expect(runTask(operation, world.context())).rejects.toThrow("no engine answers");
    expect(world.engine.containers.size).toBe(1);
  });

  test("one that is aborted while it is started is left for the next run, too", async () => {
    const world = worldWhere({ exitCode: 0 });
    const abort = new AbortController();
    world.engine.failOn.set("startContainer", new Error("interrupted"));
    world.engine.intercept = (call) => {
      if (call.startsWith("startContainer")) abort.abort();
    };
    await expect(runTask(operation, world.context({ abort: abort.signal }))).rejects.toThrow();
    expect(world.engine.containers.size).toBe(1);
  });

  test("a run that is aborted leaves the container for the next run to take over", async () => {
    const world = worldWhere({ exitCode: 0 });
    const abort = new AbortController();
    world.engine.intercept = (call) => {
      if (call.startsWith("awaitContainer")) abort.abort();
    };
    await expect(runTask(operation, world.context({ abort: abort.signal }))).rejects.toThrow();
    const [left] = [...world.engine.containers.values()];
    expect(left?.identity.inputs).toBe(operation.inputsDigest);
    await runTask({ ...operation, resume: left?.id }, world.context());
    expect(recordIn(world)).toMatchObject({ exitCode: 0 });
    expect(world.engine.calls.filter((call) => call.startsWith("startContainer"))).toHaveLength(1);
    expect(world.engine.containers.size).toBe(0);
  });

  test("a record that cannot be written leaves the container, which tells how it ended", async () => {
    const world = worldWhere({ exitCode: 0 });
    world.store.failOn.set(RECORD, new Error("the store is away"));
    await expect(runTask(operation, world.context())).rejects.toThrow("the store is away");
    expect(world.engine.containers.size).toBe(1);
  });

  test("init-region is labelled as such", async () => {
    const world = worldWhere({ exitCode: 0 });
    let kind: string | undefined;
    world.engine.intercept = (call) => {
      if (call.startsWith("start")) kind = [...world.engine.containers.values()][0]?.identity.kind;
    };
    await runTask({ ...operation, task: { ...migrate, kind: "init" } }, world.context());
    expect(kind).toBe("init");
  });
});

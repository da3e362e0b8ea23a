import { describe, expect, test } from "vitest";
import { judgeRun } from "../../../src/apply/judge-run.ts";
import type { ContainerStatus } from "../../../src/live.ts";
import { CHECK, imageIdentity, model, service } from "../../helpers/build.ts";
import { World } from "../../helpers/world.ts";

type Order = "start-first" | "stop-first";

function version(number: 1 | 2, order: Order) {
  const container = { image: imageIdentity(`web:${number}`), healthcheck: CHECK };
  const replacement = { order, because: "" };
  return model({ services: [service("web", { replacement, container })] });
}

/** The first version is there in this state when the second is deployed, which never becomes healthy. */
async function replaceBadly(order: Order, status: ContainerStatus, world = new World()) {
  await world.deploy(version(1, order));
  const old = world.engine.container("shop-web-1");
  old.status = status;
  world.engine.behaviours.set("web:2", { health: "unhealthy" });
  const plan = await world.plan(version(2, order));
  const verdict = judgeRun(plan, await world.apply(plan), false);
  expect([...world.engine.containers.values()]).toEqual([old]);
  const { address, error, rolledBack } = verdict.failed[0] ?? {};
  expect([address, error?.code]).toEqual(["service.web", "SERVICE_NOT_READY"]);
  return { status: old.status, rolledBack, exitCode: verdict.exitCode };
}

describe("when the new version does not become ready", () => {
  test.for([
    ["stop-first", "running"],
    ["stop-first", "exited"],
    ["stop-first", "paused"],
    ["stop-first", "restarting"],
    ["start-first", "running"],
  ] as const)("%s: an old one that was %s serves again", async ([order, status]) => {
    const after = { status: "running", rolledBack: true, exitCode: 5 };
    expect(await replaceBadly(order, status)).toEqual(after);
  });

  test.for([
    ["stop-first", "created"],
    ["stop-first", "dead"],
    ["start-first", "created"],
    ["start-first", "exited"],
    ["start-first", "paused"],
    ["start-first", "restarting"],
    ["start-first", "dead"],
  ] as const)("%s: one that was %s is left so, and nobody says that it serves", async (given) => {
    const [order, status] = given;

    const after = { status, rolledBack: false, exitCode: 6 };
    expect(await replaceBadly(order, status)).toEqual(after);
  });

  test("an old one that had ended, and ends again, does not serve", async () => {
    const world = new World();
    await world.deploy(version(1, "stop-first"));
    world.engine.behaviours.set("web:1", { exitCode: 3 });
    const { rolledBack, exitCode } = await replaceBadly("stop-first", "exited", world);
    expect({ rolledBack, exitCode }).toEqual({ rolledBack: false, exitCode: 6 });
  });
});

test("an old one that a deploy stopped, which was killed then, serves again when the next fails", async () => {
  const world = new World();
  await world.deploy(version(1, "stop-first"));
  const { id } = world.engine.container("shop-web-1");
  const killed = { moment: "before", error: new Error("killed") } as const;
  let isOver = false;
  await world.applyFailing(await world.plan(version(2, "stop-first")), ({ method }) => {
    isOver ||= method === "startContainer";
    return isOver ? killed : undefined;
  });
  expect(world.engine.container("shop-web-1")).toMatchObject({ id, status: "exited" });
  world.engine.behaviours.set("web:2", { health: "unhealthy" });
  const plan = await world.plan(version(2, "stop-first"));
  expect(judgeRun(plan, await world.apply(plan), false).exitCode).toBe(5);
  expect(world.engine.container("shop-web-1")).toMatchObject({ id, status: "running" });
});

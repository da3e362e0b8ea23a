import { describe, expect, test } from "vitest";
import { CHECK, imageIdentity, model, on, service, task } from "../../helpers/build.ts";
import { World } from "../../helpers/world.ts";

describe("a host port goes from one service to another", () => {
  const before = model({ services: [service("old", { container: on(80) })] });
  const taker = service("taker", { step: 2, container: { ...on(80), healthcheck: CHECK } });
  const after = model({ services: [service("old", { container: on(8080) }), taker] });

  test("the taker starts when the holder has let go of it", async () => {
    const world = new World();
    await world.deploy(before);
    await world.deploy(after);
    expect(world.engine.container("shop-taker-1").hostPorts.get(80)).toBe(80);
    expect(world.engine.container("shop-old-1").hostPorts.get(80)).toBe(8080);
  });

  test("the holder serves again, with its port, when the taker does not become healthy", async () => {
    const world = new World();
    await world.deploy(before);
    world.engine.behaviours.set("taker:1", { health: "starting" });
    await world.apply(await world.plan(after));
    expect(world.engine.container("shop-old-1")).toMatchObject({ status: "running" });
    expect(world.engine.container("shop-old-1").hostPorts.get(80)).toBe(80);
  });

  test("a holder that had ended starts again, when its successor fails, after what becomes of the taker", async () => {
    const world = new World();
    await world.deploy(before);
    Object.assign(world.engine.container("shop-old-1"), { status: "exited", hostPorts: new Map() });
    const { operations } = await world.plan(after);
    const again = operations.find(({ id }) => id === "undo.start:shop-old-1");
    expect(again?.after).toContain("undo.stop:shop-taker-1");
  });
});

describe("when a holder that stays lets go of its host port", () => {
  const callsOf = (made: World) => made.containerCalls("create", "start", "stop");
  const world = (...services: readonly ReturnType<typeof service>[]) =>
    World.deployed(model({ services }));
  const seed = task("taker.seed", { container: { image: imageIdentity("seed:1") } });
  const after = model({
    services: [
      service("old", { step: 5, container: on(8080) }),
      service("taker", {
        container: on(80),
        requires: [{ target: seed.id, condition: "completed" }],
      }),
    ],
    tasks: [seed],
  });

  test("it serves until its taker is made and what that one requires is done", async () => {
    const shop = await world(service("old", { step: 5, container: on(80) }));
    await shop.deploy(after);
    expect(callsOf(shop)).toEqual([
      "createContainer shop-taker-seed",
      "startContainer shop-taker-seed",
      "createContainer shop-taker-1",
      "stopContainer shop-old-1",
      "startContainer shop-taker-1",
      "createContainer shop-old-1-next",
      "startContainer shop-old-1-next",
    ]);
  });

  test("it is not stopped when what its taker requires fails", async () => {
    const shop = await world(service("old", { step: 5, container: on(80) }));
    shop.engine.behaviours.set("seed:1", { exitCode: 1 });
    await shop.apply(await shop.plan(after));
    expect(callsOf(shop)).not.toContain("stopContainer shop-old-1");
    expect(shop.engine.container("shop-old-1").hostPorts.get(80)).toBe(80);
  });

  test("it is replaced in its own turn where its taker comes later, and its new container is made before", async () => {
    const shop = await world(service("old", { step: 2, container: on(80) }));
    const first = service("first", { step: 1 });
    const later = service("taker", { step: 3, container: on(80) });
    const holder = service("old", { step: 2, container: on(8080) });
    await shop.deploy(model({ services: [first, holder, later] }));
    expect(callsOf(shop)).toEqual([
      "createContainer shop-first-1",
      "startContainer shop-first-1",
      "createContainer shop-old-1-next",
      "stopContainer shop-old-1",
      "startContainer shop-old-1-next",
      "createContainer shop-taker-1",
      "startContainer shop-taker-1",
    ]);
  });

  test.for([
    ["in one step", 4, 4, []],
    ["in one step, one requiring the other", 4, 4, ["a"]],
    ["in two steps", 2, 4, []],
    ["in two steps, the other way round", 4, 2, []],
  ] as const)("two swap their host ports, %s", async ([, stepOfA, stepOfB, required]) => {
    const requires = required.map((target) => ({ target, condition: "healthy" as const }));
    const both = (a: number, b: number) => [
      service("a", { step: stepOfA, container: { ...on(a), healthcheck: CHECK } }),
      service("b", { step: stepOfB, container: on(b), requires }),
    ];
    const shop = await world(...both(80, 81));
    await shop.deploy(model({ services: both(81, 80) }));
    expect(shop.engine.container("shop-a-1").hostPorts.get(80)).toBe(81);
    expect(shop.engine.container("shop-b-1").hostPorts.get(80)).toBe(80);
  });
});

test("one that was stopped, and whose host port goes to another one that requires it, is replaced before", async () => {
  const shop = new World();
  await shop.deploy(model({ services: [service("web", { container: on(80) })] }));
  Object.assign(shop.engine.container("shop-web-1"), { status: "exited", hostPorts: new Map() });
  const taker = service("taker", {
    container: on(80),
    requires: [{ target: "web", condition: "started" }],
  });
  const { operations } = await shop.plan(model({ services: [service("web"), taker] }));
  const start = operations.find(({ id }) => id === "container.start:shop-taker-1");
  expect(start?.after).toEqual(expect.arrayContaining(["container.awaitReady:shop-web-1"]));
});

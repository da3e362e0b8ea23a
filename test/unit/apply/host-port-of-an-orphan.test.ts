import { describe, expect, test } from "vitest";
import type { AxonEvent } from "../../../src/events.ts";
import { CHECK, model, on, service, task } from "../../helpers/build.ts";
import { World } from "../../helpers/world.ts";

const { publish } = on(8080);

describe("a service with a host port is called otherwise now", () => {
  const ports = { http: { number: 80, protocol: "http" } } as const;
  const before = model({ services: [service("web", { ports, container: { publish } })] });
  const site = service("site", {
    container: { publish, healthcheck: CHECK },
    requires: [{ target: "site.migrate", condition: "completed" }],
  });
  const migrate = task("site.migrate", {
    container: { image: service("job").container.image },
  });
  const after = model({ services: [site], tasks: [migrate] });

  const deployed = () => World.deployed(before);
  const callsOf = (world: World) => world.containerCalls("create", "start", "stop", "remove");
  const serving = { status: "running", hostPorts: new Map([[80, 8080]]) };

  test("its old container stops when the new one can start, and goes when that one is good", async () => {
    const world = await deployed();
    await world.deploy(after);
    expect(callsOf(world)).toEqual([
      "createContainer shop-site-migrate",
      "startContainer shop-site-migrate",
      "removeContainer shop-site-migrate",
      "createContainer shop-site-1",
      "stopContainer shop-web-1",
      "startContainer shop-site-1",
      "removeContainer shop-web-1",
    ]);
    expect(world.engine.calls.indexOf("awaitContainer shop-site-1 healthy")).toBeLessThan(
      world.engine.calls.indexOf("removeContainer shop-web-1"),
    );
    expect((await world.plan(after)).operations).toEqual([]);
  });

  test("its old container serves on when what the new one requires fails", async () => {
    const world = await deployed();
    world.engine.behaviours.set("job:1", { exitCode: 1 });
    await world.apply(await world.plan(after));
    expect(callsOf(world)).not.toContain("stopContainer shop-web-1");
    expect(world.engine.container("shop-web-1")).toMatchObject(serving);
  });

  test("its old container serves again, and is told of, when the new one does not become healthy, however often", async () => {
    const world = await deployed();
    const { id } = world.engine.container("shop-web-1");
    const told = (await world.observe()).store.registrations;
    expect(told).not.toEqual({});
    world.engine.behaviours.set("site:1", { health: "unhealthy" });
    for (const run of ["created", "started again"]) {
      await world.apply(await world.plan(after));
      expect([run, world.engine.container("shop-web-1")]).toMatchObject([run, { id, ...serving }]);
      expect((await world.observe()).store.registrations).toEqual(told);
    }
    expect(world.engine.container("shop-site-1")).toMatchObject({ status: "exited" });
    world.engine.behaviours.delete("site:1");
    await world.deploy(after);
    expect(world.engine.container("shop-site-1")).toMatchObject(serving);
    expect([...world.engine.containers.values()]).toHaveLength(1);
  });

  test("its old container serves again when the run is told to stop before the new one started", async () => {
    const world = await deployed();
    const stop = new AbortController();
    const onEvent = (event: AxonEvent) => {
      if (event.kind === "operation.done" && event.operation === "container.stop:shop-web-1") {
        stop.abort();
      }
    };
    await world.apply(await world.plan(after), { stop: stop.signal, onEvent });
    expect(callsOf(world)).toContain("stopContainer shop-web-1");
    expect(callsOf(world)).not.toContain("startContainer shop-site-1");
    expect(world.engine.container("shop-web-1")).toMatchObject(serving);
  });

  test("a run that was killed between the two is ended by the next one", async () => {
    const world = await deployed();
    let isDead = false;
    await world.applyFailing(await world.plan(after), ({ method }) => {
      isDead ||=
        method === "startContainer" && world.engine.calls.includes("stopContainer shop-web-1");
      return isDead ? { moment: "before", error: new Error("killed") } : undefined;
    });
    expect(world.engine.container("shop-web-1")).toMatchObject({ status: "exited" });
    await world.deploy(after);
    expect(world.engine.container("shop-site-1")).toMatchObject(serving);
    expect([...world.engine.containers.values()]).toHaveLength(1);
  });
});

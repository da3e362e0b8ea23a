import { describe, expect, test } from "vitest";
import type { Healthcheck, PublishedPort } from "../../../src/model.ts";
import { model, service } from "../../helpers/build.ts";
import { World } from "../../helpers/world.ts";

const CHECK: Healthcheck = {
  test: ["CMD", "check"],
  interval: 1000,
  timeout: 1000,
  startPeriod: 0,
  retries: 1,
};

function on(hostPort: number): { readonly publish: readonly PublishedPort[] } {
  return { publish: [{ port: 80, protocol: "tcp", hostAddress: "", hostPort }] };
}

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

import { describe, expect, test } from "vitest";
import { bareNetwork } from "../../../src/fields/network-table.ts";
import type { Model } from "../../../src/model.ts";
import { CHECK, imageIdentity, model, service } from "../../helpers/build.ts";
import { World } from "../../helpers/world.ts";

const on = (...names: readonly string[]) => names.map((name) => ({ name, aliases: ["web"] }));
const networks = on("shop_back");

describe("a network that is not wanted any more, while all services stay", () => {
  const before = model({
    services: [service("web", { step: 2, container: { networks, healthcheck: CHECK } })],
  });
  const elsewhere = { networks: on("shop"), healthcheck: CHECK };
  const after: Model = model({
    services: [
      service("first", { step: 1 }),
      service("web", {
        step: 2,
        container: { ...elsewhere, image: imageIdentity("web:2") },
      }),
    ],
  });

  test("goes when the new container is good, and after the old one", async () => {
    const world = new World();
    await world.deploy(before);
    const { operations } = await world.plan(after);
    const ids = operations.map(({ id }) => id);
    expect(ids.at(-1)).toMatch(/^network\.remove:/);
    expect(operations.at(-1)?.after).toEqual(
      expect.arrayContaining(["container.remove:shop-web-1", "step.reached:2"]),
    );
    await world.deploy(after);
    expect([...world.engine.networks.values()].map(({ name }) => name)).toEqual(["shop"]);
  });

  test("goes after a container that only leaves it", async () => {
    const world = new World();
    await world.deploy(before);
    const moved = model({ services: [service("web", { step: 2, container: elsewhere })] });
    const { operations } = await world.plan(moved);
    expect(operations.at(-1)?.after).toContain("network.leave:shop-web-1:shop_back");
  });

  test("is left, by who looks others up on it, when those are good elsewhere", async () => {
    const world = new World();
    const client = (name: string) =>
      service("client", { step: 1, container: { networks: [{ name, aliases: [] }] } });
    const [web] = Object.values(before.services);
    const moved = after.services.web;
    if (!web || !moved) throw new Error("there is a web");
    await world.deploy(model({ services: [client("shop_back"), web] }));
    const { id } = world.engine.container("shop-client-1");
    await world.deploy(model({ services: [client("shop"), moved] }));
    expect(world.engine.container("shop-client-1")).toMatchObject({
      id,
      spec: { networks: [{ name: "shop" }] },
    });
    const at = (call: string) => world.engine.calls.lastIndexOf(call);
    expect(at("connectNetwork shop-client-1 shop")).toBeLessThan(
      at("startContainer shop-web-1-next"),
    );
    expect(at("disconnectNetwork shop-client-1 shop_back")).toBeGreaterThan(
      at("awaitContainer shop-web-1-next healthy"),
    );
  });

  test("stays, with the old container on it, when the new one does not become healthy", async () => {
    const world = new World();
    await world.deploy(before);
    const { id } = world.engine.container("shop-web-1");
    world.engine.behaviours.set("web:2", { health: "unhealthy" });
    const outcomes = await world.apply(await world.plan(after));
    expect(outcomes.get("container.awaitReady:shop-web-1")).toMatchObject({ kind: "failed" });
    const web = world.engine.container("shop-web-1");
    expect(web).toMatchObject({ id, status: "running", spec: { networks } });
    expect([...world.engine.networks.values()].map(({ name }) => name)).toContain("shop_back");
  });
});

test("a network that is called otherwise now, with the same subnet, makes room for itself", async () => {
  const named = (name: string): Model => {
    const subnets = { "10.9.0.0/24": {} };
    const networks = { [name]: { ...bareNetwork(name), subnets } };
    return {
      ...model({ services: [service("web", { container: { networks: on(name) } })] }),
      networks,
    };
  };
  const world = new World();
  await world.deploy(named("shop_back"));
  const { operations } = await world.plan(named("shop_rear"));
  const [first, second] = operations;
  expect(first).toMatchObject({ kind: "network.remove", after: [] });
  expect(second).toMatchObject({ id: "network.create:shop_rear", after: [first?.id] });
});

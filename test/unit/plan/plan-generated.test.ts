import { expect, test } from "vitest";
import { Secret } from "../../../src/secret.ts";
import { model } from "../../helpers/build.ts";
import { World } from "../../helpers/world.ts";

const wanted = model({ generated: { DbPassword: new Secret("first") } });
const KEY = "axon/shop/state/generated/DbPassword";

test("a generated value is written once, and is never shown", async () => {
  const world = new World();
  const { changes } = await world.plan(wanted);
  expect(changes.map(({ address, action }) => [address, action])).toContainEqual([
    "generated.DbPassword",
    "create",
  ]);
  expect(JSON.stringify(changes)).not.toContain("first");
  await world.deploy(wanted);
  expect(world.store.entries()[KEY]).toBe("first");
});

test("a generated value that is there is neither written again nor removed", async () => {
  const world = new World();
  await world.deploy(wanted);
  await world.deploy(model({ generated: { DbPassword: new Secret("second") } }));
  await world.deploy(model());
  expect(world.store.entries()[KEY]).toBe("first");
});

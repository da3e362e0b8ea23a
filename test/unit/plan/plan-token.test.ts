import { describe, expect, test } from "vitest";
import type { LiveToken } from "../../../src/live.ts";
import type { TokenSpec } from "../../../src/model.ts";
import { planDestruction } from "../../../src/plan/plan-destruction.ts";
import { Secret } from "../../../src/secret.ts";
import { model, service } from "../../helpers/build.ts";
import { World } from "../../helpers/world.ts";

const TOKEN: TokenSpec = {
  name: "axon-shop",
  value: new Secret("the token"),
  rights: { "axon/shop/config/": "write", "axon/shop/services/": "read" },
  opensCatalogue: true,
};
const wanted = model({ token: TOKEN, services: [service("web")] });
const KEY = "axon/shop/state/token";

async function deployed(): Promise<World> {
  const world = new World();
  await world.deploy(wanted);
  return world;
}

async function tokenChange(world: World, of = wanted) {
  const { changes } = await world.plan(of);
  return changes.find(({ resource }) => resource === "token");
}

test("the token is given before any container is made, and its number is remembered", async () => {
  const world = new World();
  const { operations } = await world.plan(wanted);
  const create = operations.find(({ kind }) => kind === "container.create");
  expect(create?.after).toEqual(expect.arrayContaining(["token.grant", "store.write:token"]));
  await world.deploy(wanted);
  expect(world.tokens.tokens.get("axon-shop")).toMatchObject({ rights: TOKEN.rights });
  expect(world.store.entries()[KEY]).toBe("1");
  expect((await world.plan(wanted)).changes).toEqual([]);
});

test("the plan says what may be done with it, and not what it is", async () => {
  const change = await tokenChange(new World());
  expect(change).toMatchObject({
    action: "create",
    attributes: [
      { path: "axon/shop/config/", after: "write" },
      { path: "axon/shop/services/", after: "read" },
      { path: "catalogue", after: "read" },
    ],
  });
  expect(JSON.stringify(await new World().plan(wanted))).not.toContain("the token");
});

describe("what somebody changed is put right", () => {
  test.each<[string, (world: World) => void, object]>([
    [
      "the token was removed",
      ({ tokens }) => tokens.tokens.delete("axon-shop"),
      { action: "create" },
    ],
    [
      "it may do more",
      ({ tokens }) => {
        tokens.tokens.set("axon-shop", {
          value: TOKEN.value,
          rights: { "": "write" },
          isBound: true,
        });
      },
      { action: "update", cause: "what may be done with it differs" },
    ],
    [
      "it was bound to more",
      ({ tokens }) => {
        tokens.tokens.set("axon-shop", { ...TOKEN, isBound: false });
      },
      { action: "update", attributes: [{ path: "bound to", drift: true }] },
    ],
    [
      "the catalogue was closed",
      ({ tokens }) => {
        tokens.isCatalogueOpen = false;
      },
      { action: "update", attributes: [{ path: "catalogue" }] },
    ],
  ])("%s", async (_, meddle, change) => {
    const world = await deployed();
    meddle(world);
    expect(await tokenChange(world)).toMatchObject(change);
    await world.deploy(wanted);
    expect((await world.plan(wanted)).changes).toEqual([]);
  });
});

test("another token replaces the one that is there, and neither is shown", async () => {
  const world = await deployed();
  const other = { ...wanted, token: { ...TOKEN, value: new Secret("another") } };
  expect(await tokenChange(world, other)).toMatchObject({
    action: "update",
    cause: "another one is wanted",
    attributes: [{ path: "value", sensitive: true, before: undefined, after: undefined }],
  });
});

test.each<LiveToken>([{ kind: "off" }, { kind: "denied" }, { kind: "taken" }])(
  "nothing is planned where it is %j",
  async (answer) => {
    const world = new World();
    world.tokens.answer = answer;
    expect(await tokenChange(world)).toBeUndefined();
  },
);

test("destroy takes the token back when the containers are gone", async () => {
  const world = await deployed();
  const plan = planDestruction("shop", await world.observe(), { volumes: false });
  const revoke = plan.operations.find(({ kind }) => kind === "token.revoke");
  expect(revoke?.after).toContain("container.remove:shop-web-1");
  await world.apply(plan);
  expect([...world.tokens.tokens.keys()]).toEqual([]);
});

import { expect, test } from "vitest";
import type { LiveStore } from "../../../src/live.ts";
import { planConfig } from "../../../src/plan/plan-config.ts";
import { Secret, type Text } from "../../../src/secret.ts";
import { absentStore } from "../../../src/state/observe-store.ts";
import { model } from "../../helpers/build.ts";

const store: LiveStore = {
  ...absentStore(),
  config: { a: "new", b: "new", c: "new", same: "x", theirs: "y", own: "new" },
  ownedConfig: ["own"],
};
const wanted = { ...model(), config: { own: "file" } };

function back(restored: Readonly<Record<string, Text | undefined>>, live = store) {
  const { changes, operations } = planConfig(wanted, live, { previous: undefined, restored });
  return {
    actions: changes.map(({ name, action }) => `${action} ${name}`),
    writes: operations.flatMap((one) => (one.kind === "store.write" ? one.writes : [])),
  };
}

test("keys that go back are written, removed or left, and do not become the file's", () => {
  const restored = { a: "old", b: undefined, same: "x", gone: undefined, own: "never" };
  const { actions, writes } = back(restored);
  expect(actions).toEqual(["update a", "remove b", "update own"]);
  expect(writes).toEqual([
    { kind: "put", key: "axon/shop/config/a", value: "old" },
    { kind: "delete", key: "axon/shop/config/b" },
    { kind: "put", key: "axon/shop/config/own", value: "file" },
    { kind: "put", key: "axon/shop/state/config-keys", value: "own" },
  ]);
});

test("without a way back, keys that are not the file's stay as they are", () => {
  const { changes } = planConfig(wanted, store, { previous: undefined });
  expect(changes.map(({ name }) => name)).toEqual(["own"]);
});

test("a secret that goes back is marked in the same write, beside those that are marked already", () => {
  const marked = { ...store, sensitiveKeys: ["z", "b"] };
  const restored = { pin: new Secret("4711"), password: new Secret("hidden"), z: new Secret("z") };
  const { actions, writes } = back({ ...restored, own: new Secret("never") }, marked);
  expect(actions).toEqual(["update own", "create password", "create pin", "create z"]);
  const marks = { kind: "put", key: "axon/shop/state/sensitive-keys", value: "b\npin\nz" };
  expect(writes[0]).toEqual(marks);
  expect(writes.filter(({ kind }) => kind === "put")).toHaveLength(6);
  expect(back(restored, { ...marked, sensitiveKeys: ["pin", "z"] }).writes).not.toContainEqual(
    expect.objectContaining({ key: marks.key }),
  );
});

test("a secret whose value is there again, without its mark, gets the mark", () => {
  const live = { ...store, config: { pin: "4711", own: "file" } };
  const restored = { pin: new Secret("4711") };
  const { actions, writes } = back(restored, live);
  expect(actions).toEqual(["adopt pin"]);
  expect(writes[0]).toMatchObject({ key: "axon/shop/state/sensitive-keys", value: "pin" });
  expect(back(restored, { ...live, sensitiveKeys: ["pin"] }).actions).toEqual([]);
});

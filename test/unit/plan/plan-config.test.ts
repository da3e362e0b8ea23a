import { expect, test } from "vitest";
import { planConfig } from "../../../src/plan/plan-config.ts";
import { absentStore } from "../../../src/state/observe-store.ts";
import { model } from "../../helpers/build.ts";

const store = {
  ...absentStore(),
  config: { a: "new", b: "new", c: "new", same: "x", theirs: "y", own: "new" },
  ownedConfig: ["own"],
};
const wanted = { ...model(), config: { own: "file" } };

test("keys that go back are written, removed or left, and do not become the file's", () => {
  const restored = { a: "old", b: undefined, same: "x", gone: undefined, own: "never" };
  const { changes, operations } = planConfig(wanted, store, { previous: undefined, restored });
  expect(changes.map(({ name, action }) => `${action} ${name}`)).toEqual([
    "update a",
    "remove b",
    "update own",
  ]);
  const writes = operations.flatMap((one) => (one.kind === "store.write" ? one.writes : []));
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

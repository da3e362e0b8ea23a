import { expect, test } from "vitest";
import type { KvWrite } from "../../../../src/kv/kv-store.ts";
import { halvesOf } from "../../../../src/kv/zookeeper/transaction/cut-deletion.ts";

const check: KvWrite = { kind: "checkSession", key: "a/state/lock", session: "1" };
const tree: KvWrite = { kind: "deleteTree", prefix: "a/" };
const removed = ["a/config/1", "a/config/2", "a/state/current", "a/state/lock"];

const gone = (key: string): KvWrite => ({ kind: "delete", key });

test("halves have each key once, in order and under the check, but for the one that it is about", () => {
  expect(halvesOf([check, tree], removed)).toEqual([
    [check, gone("a/config/1"), gone("a/config/2")],
    [check, gone("a/state/current")],
  ]);
});

test("a half that is too large as well is halved again", () => {
  const [half = []] = halvesOf([check, tree], removed);
  expect(halvesOf(half, ["a/config/1", "a/config/2"])).toEqual([
    [check, gone("a/config/1")],
    [check, gone("a/config/2")],
  ]);
});

test.each<[string, readonly KvWrite[], readonly string[]]>([
  ["one key", [check, gone("a/config/1")], ["a/config/1"]],
  ["a lock and one key", [check, tree], ["a/config/1", "a/state/lock"]],
  ["a deletion with a put", [tree, { kind: "put", key: "b", value: "" }], removed],
  ["what expects something", [{ ...gone("a/config/1"), expected: "1" } as KvWrite, tree], removed],
])("%s is not cut", (_, writes, keys) => {
  expect(halvesOf(writes, keys)).toEqual([]);
});

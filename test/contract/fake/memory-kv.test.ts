import { expect, test } from "vitest";
import { ManualClock } from "../../helpers/manual-clock.ts";
import { MemoryKvStore } from "../../helpers/memory-kv.ts";
import { describeKvStore } from "../kv-store.ts";

const clock = new ManualClock();

describeKvStore("the store in memory", async () => new MemoryKvStore({}, clock), {
  passTime: (milliseconds) => clock.advance(milliseconds),
});

test("writes are counted, and initial entries are not", async () => {
  const store = new MemoryKvStore({ "a/b": "1" });
  await store.transact([
    { kind: "put", key: "a/c", value: "2" },
    { kind: "delete", key: "a/b" },
  ]);
  expect(store.mutations).toBe(2);
  expect(store.entries()).toEqual({ "a/c": "2" });
});

test("a call that names a key on which to fail fails", async () => {
  const store = new MemoryKvStore();
  store.failOn.set("a/b", new Error("no"));
  await expect(store.get("a/b")).rejects.toThrow("no");
  await expect(store.transact([{ kind: "put", key: "a/b", value: "" }])).rejects.toThrow("no");
  expect(store.entries()).toEqual({});
});

import { describe, expect, test } from "vitest";
import { MAX_TRANSACTION_BYTES } from "../../../src/kv/kv-limits.ts";
import { beginRun, endRun, keysOfCutOff, readJournal } from "../../../src/state/journal.ts";
import { MemoryKvStore } from "../../helpers/memory-kv.ts";

const KEY = "axon/shop/state/journal/run";
const entry = {
  command: "axon deploy",
  who: "ana@build",
  at: "2026-01-02T03:04:05.000Z",
  revision: 4,
  changes: [
    { address: "service.web", action: "replace" },
    { address: "task.web.migrate", action: "run" },
  ],
};

describe("the journal", () => {
  test("holds what a run is going to do until the run has ended", async () => {
    const store = new MemoryKvStore();
    expect(await readJournal(store, "shop")).toBeUndefined();
    await beginRun(store, "shop", entry);
    expect(await readJournal(store, "shop")).toEqual({
      kind: "record",
      record: { version: 1, planned: 2, ...entry },
    });
    await endRun(store, "shop");
    expect(store.entries()).toEqual({});
  });

  test("takes over the place of a run that was cut off", async () => {
    const store = new MemoryKvStore();
    await beginRun(store, "shop", entry);
    await beginRun(store, "shop", { ...entry, who: "bob@desk" });
    expect(await readJournal(store, "shop")).toMatchObject({ record: { who: "bob@desk" } });
  });

  test("keeps of a change what names it, and nothing else", async () => {
    const store = new MemoryKvStore();
    const change = { address: "a", action: "create", attributes: ["hunter2"] };
    await beginRun(store, "shop", { ...entry, changes: [change] });
    expect(store.entries()[KEY]).not.toContain("hunter2");
  });

  test("of a plan of thousands fits into a transaction and still counts all", async () => {
    const store = new MemoryKvStore();
    const changes = [...Array(20_000).keys()].map((number) => ({
      address: `service.a-service-with-quite-a-long-name-${number}.instance`,
      action: "replace",
    }));
    await beginRun(store, "shop", { ...entry, changes });
    expect(store.entries()[KEY]?.length).toBeLessThan(MAX_TRANSACTION_BYTES);
    expect(await readJournal(store, "shop")).toMatchObject({ record: { planned: 20_000 } });
  });

  test("that has many keys lists the fewer changes, and still fits into a transaction", async () => {
    const store = new MemoryKvStore();
    const names = [...Array(6_000).keys()].map((number) => `a/key/with/a/longer/name/${number}`);
    const keys = Object.fromEntries(names.map((name) => [name, "create"]));
    const changes = names.map((name) => ({ address: `config.${name}`, action: "create" }));
    await beginRun(store, "shop", { ...entry, keys, changes });
    const text = store.entries()[KEY] ?? "";
    expect(text.length).toBeLessThan(MAX_TRANSACTION_BYTES - 1_000);
    expect(text.length).toBeGreaterThan(300_000);
    expect(await readJournal(store, "shop")).toMatchObject({ record: { planned: 6_000, keys } });
  });

  test("of an earlier Axon has the keys of a change of keys among its changes", () => {
    const changes = [{ address: "config.size", action: "update" }];
    const earlier = { version: 1, planned: 1, ...entry, changes } as const;
    expect(keysOfCutOff({ ...earlier, command: "axon kv import" })).toEqual({ size: "update" });
    expect(keysOfCutOff(earlier)).toEqual({});
  });

  test.each(["", "[]", '{"version":2}', JSON.stringify({ version: 1, ...entry, changes: [1] })])(
    "that cannot be understood (%s) is no failure",
    async (text) => {
      const store = new MemoryKvStore({ [KEY]: text });
      expect(await readJournal(store, "shop")).toMatchObject({ kind: "unusable" });
    },
  );
});

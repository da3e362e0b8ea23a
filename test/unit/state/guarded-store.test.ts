import { describe, expect, test } from "vitest";
import type { KvStore, KvWrite } from "../../../src/kv/kv-store.ts";
import { Secret } from "../../../src/secret.ts";
import { guardedStore } from "../../../src/state/guarded-store.ts";
import { acquireLock } from "../../../src/state/lock.ts";
import { ManualClock } from "../../helpers/manual-clock.ts";
import { MemoryKvStore } from "../../helpers/memory-kv.ts";
import { MemoryTokens } from "../../helpers/memory-tokens.ts";

const LOCK = "axon/shop/state/lock";
const KB = 1024;

async function world() {
  const clock = new ManualClock();
  const store = new MemoryKvStore({}, clock);
  const sent: (readonly KvWrite[])[] = [];
  const transact = store.transact.bind(store);
  store.transact = (writes, signal) => {
    sent.push(writes);
    return transact(writes, signal);
  };
  const lock = await acquireLock(
    store,
    {
      deployment: "shop",
      holder: { who: "ana", pid: 7, command: "axon deploy" },
      wait: "no-wait",
      onWaiting: () => undefined,
      clock,
    },
    new AbortController().signal,
  );
  sent.length = 0;
  return { clock, store, lock, sent, guarded: guardedStore(store, lock) };
}

function puts(count: number, size = 1): KvWrite[] {
  return [...Array(count).keys()].map((number) => ({
    kind: "put",
    key: `axon/shop/${number}`,
    value: "x".repeat(size),
  }));
}

/** With what a store changes besides its keys. */
async function worldBesides() {
  const { store, lock, clock } = await world();
  const done: unknown[] = [];
  const note = async (asked: unknown) => void done.push(asked);
  const tokens = new MemoryTokens();
  store.tokens = {
    observe: (name) => tokens.observe(name),
    grant: note,
    revoke: note,
  };
  const catalogue = { list: async () => [], register: note, deregister: note };
  const guarded = guardedStore(Object.assign(store, { catalogue }), lock);
  return { store, lock, clock, done, guarded };
}

const TOKEN = {
  name: "axon-shop",
  value: new Secret("classified"),
  rights: {},
  opensCatalogue: false,
};

const BESIDES: Readonly<Record<string, (store: KvStore) => Promise<void> | undefined>> = {
  "a grant": ({ tokens }) => tokens?.grant(TOKEN),
  "a revocation": ({ tokens }) => tokens?.revoke("axon-shop"),
  "a registration": ({ catalogue }) =>
    catalogue?.register({ deployment: "shop", registrations: [], health: "passing" }),
  "a deregistration": ({ catalogue }) =>
    catalogue?.deregister({ deployment: "shop", ids: ["axon/shop/web/1/http"] }),
};

/** As an operator does, with the store's own tools. */
function takeAway(store: MemoryKvStore) {
  return store.transact([{ kind: "delete", key: LOCK }]);
}

describe("guardedStore", () => {
  test("each group of writes carries the check", async () => {
    const { guarded, sent, lock } = await world();
    expect(await guarded.transact(puts(200))).toEqual({ kind: "written" });
    expect(sent.length).toBeGreaterThan(3);
    expect(sent.every(([first]) => first === lock.guard)).toBe(true);
    expect(sent.every(({ length }) => length <= 64)).toBe(true);
    expect(sent.flatMap((group) => group.slice(1))).toEqual(puts(200));
  });

  test("nothing is written, and the lock is lost, when the check fails", async () => {
    const { guarded, store, lock } = await world();
    await takeAway(store);
    await expect(guarded.transact(puts(3))).rejects.toMatchObject({
      code: "LOCK_LOST",
      exitCode: 9,
    });
    expect(store.entries()).toEqual({});
    expect(lock.lost.aborted).toBe(true);
    expect(lock.isHeld()).toBe(false);
  });

  test("the groups after the one that fails are not sent", async () => {
    const { guarded, store, sent } = await world();
    const writes: KvWrite[] = [...puts(63), ...puts(63)];
    const before = store.transact;
    store.transact = async (group, signal) => {
      const outcome = await before(group, signal);
      if (sent.length === 1) await takeAway(store);
      return outcome;
    };
    await expect(guarded.transact(writes)).rejects.toMatchObject({ code: "LOCK_LOST" });
  });

  test("a conflict of the writes themselves stays a conflict", async () => {
    const { guarded, lock } = await world();
    await guarded.transact(puts(1));
    const write: KvWrite = { kind: "put", key: "axon/shop/0", value: "", expected: "absent" };
    expect(await guarded.transact([write])).toEqual({ kind: "conflict", keys: ["axon/shop/0"] });
    expect(lock.isHeld()).toBe(true);
  });

  test("nothing is even sent when the time to live has passed", async () => {
    const { guarded, sent, clock } = await world();
    clock.freeze(15_001);
    await expect(guarded.transact(puts(1))).rejects.toMatchObject({ code: "LOCK_LOST" });
    expect(sent).toEqual([]);
  });

  test("reads go on without the lock", async () => {
    const { guarded, store } = await world();
    await guarded.transact(puts(1));
    await takeAway(store);
    expect(await guarded.get("axon/shop/0")).toMatchObject({ value: "x" });
    expect(await guarded.list("axon/shop/")).toHaveLength(1);
    expect(await guarded.listKeys("axon/shop/")).toHaveLength(1);
  });

  test.each(Object.entries(BESIDES))(
    "%s, which is in no transaction, is done only where the store has just said that the lock is held",
    async (_, change) => {
      const { guarded, store, lock, done } = await worldBesides();
      await change(guarded);
      expect(done).toHaveLength(1);
      await takeAway(store);
      expect(lock.isHeld()).toBe(true);
      await expect(change(guarded)).rejects.toMatchObject({ code: "LOCK_LOST", exitCode: 9 });
      expect(lock.isHeld()).toBe(false);
      expect(done).toHaveLength(1);
    },
  );

  test.each(Object.entries(BESIDES))(
    "%s is not done by who was frozen while the store answered",
    async (_, change) => {
      const { guarded, store, clock, done } = await worldBesides();
      const { transact } = store;
      store.transact = async (writes, signal) => {
        const outcome = await transact(writes, signal);
        clock.freeze(15_001);
        return outcome;
      };
      await expect(change(guarded)).rejects.toMatchObject({ code: "LOCK_LOST" });
      expect(done).toEqual([]);
    },
  );

  test("a value that does not fit beside the check is refused before anything is sent", async () => {
    const { guarded, sent } = await world();
    await expect(guarded.transact([...puts(2), ...puts(1, 361 * KB)])).rejects.toMatchObject({
      code: "STORE_REFUSED",
    });
    expect(sent).toEqual([]);
    expect(await guarded.transact(puts(3, 350 * KB))).toEqual({ kind: "written" });
  });

  test("no writes are no transaction", async () => {
    const { guarded, sent } = await world();
    expect(await guarded.transact([])).toEqual({ kind: "written" });
    expect(sent).toEqual([]);
  });
});

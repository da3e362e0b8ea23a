import { describe, expect, test } from "vitest";
import { AxonError } from "../../../src/errors.ts";
import type { LockHolder } from "../../../src/live.ts";
import { guardedStore } from "../../../src/state/guarded-store.ts";
import { acquireLock, forceUnlock, type LockOptions, readLock } from "../../../src/state/lock.ts";
import { ManualClock, settled } from "../../helpers/manual-clock.ts";
import { MemoryKvStore } from "../../helpers/memory-kv.ts";

const LOCK = "axon/shop/state/lock";
const TTL = 15_000;

function world() {
  const clock = new ManualClock();
  const store = new MemoryKvStore({}, clock);
  const stop = new AbortController();
  const waitedFor: LockHolder[] = [];
  const lockAs = (who: string, options: Partial<LockOptions> = {}) =>
    acquireLock(
      store,
      {
        deployment: "shop",
        holder: { who, pid: 7, command: "axon deploy" },
        wait: "no-wait",
        onWaiting: (holder) => waitedFor.push(holder),
        clock,
        ...options,
      },
      stop.signal,
    );
  return { clock, store, stop, waitedFor, lockAs };
}

const patient = { wait: { timeoutMilliseconds: 600_000 } };

/** Whether a promise has come to its end by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let ended = false;
  const end = () => {
    ended = true;
  };
  promise.then(end, end);
  await settled();
  return ended;
}

describe("taking the lock", () => {
  test("says who has it, with what, since when, and where to look", async () => {
    const { store, lockAs } = world();
    const holder = { who: "ana@build", pid: 7, command: "axon deploy", link: "https://ci/1" };
    await lockAs("ana@build", { holder });
    expect(await readLock(store, "shop")).toMatchObject({
      holder: { ...holder, since: "2026-01-02T03:04:05.000Z", ttlSeconds: 15 },
      fence: 1,
    });
  });

  test("is refused while another has it, naming that one and since when", async () => {
    const { store, lockAs } = world();
    await lockAs("ana@build");
    const before = store.entries();
    await expect(lockAs("bob@desk")).rejects.toMatchObject({
      code: "LOCK_HELD",
      exitCode: 7,
      message: expect.stringMatching(/ana@build.*axon deploy.*2026-01-02T03:04:05/),
    });
    expect(store.entries()).toEqual(before);
  });

  test("waits until the other has released it, and names that one once", async () => {
    const { lockAs, waitedFor, clock } = world();
    const first = await lockAs("ana");
    const second = lockAs("bob", patient);
    await clock.advance(60_000);
    expect(await isSettled(second)).toBe(false);
    await first.release();
    expect((await second).isHeld()).toBe(true);
    expect(waitedFor.map(({ who }) => who)).toEqual(["ana"]);
  });

  test("names each new holder while it waits", async () => {
    const { lockAs, waitedFor } = world();
    const first = await lockAs("ana");
    const second = lockAs("bob", patient);
    await settled();
    const third = lockAs("eve", patient);
    await settled();
    await first.release();
    const lock = await second;
    await settled();
    await lock.release();
    expect((await third).fence).toBe(3);
    expect(waitedFor.map(({ who }) => who)).toEqual(["ana", "ana", "bob"]);
  });

  test("gives up when its time is over, naming the holder", async () => {
    const { lockAs, clock } = world();
    await lockAs("ana");
    const second = lockAs("bob", { wait: { timeoutMilliseconds: 5_000 } });
    const failed = expect(second).rejects.toMatchObject({ code: "LOCK_HELD" });
    await clock.advance(5_000);
    await failed;
  });

  test("waits on while the store restarts, but not for one that stays away", async () => {
    const { clock, store, lockAs } = world();
    const ana = await lockAs("ana");
    const away = new AxonError("STORE_UNREACHABLE", "away");
    const bob = lockAs("bob", patient);
    await settled();
    store.failure = away;
    await clock.advance(5_000);
    store.failure = undefined;
    await ana.release();
    await clock.advance(1_000);
    expect((await bob).isHeld()).toBe(true);

    const carl = lockAs("carl", patient);
    await settled();
    store.failure = away;
    const refused = expect(carl).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
    await clock.advance(20_000);
    await refused;
  });

  test("ends when it is interrupted, and leaves nothing behind", async () => {
    const { lockAs, stop, store } = world();
    await lockAs("ana");
    const before = store.entries();
    const second = lockAs("bob", patient);
    const failed = expect(second).rejects.toThrow("stop");
    await settled();
    stop.abort(new Error("stop"));
    await failed;
    expect(store.entries()).toEqual(before);
  });

  test("frees what it got when it is interrupted in the middle", async () => {
    const { lockAs, store } = world();
    store.failOn.set(LOCK, new Error("away"));
    await expect(lockAs("ana")).rejects.toThrow("away");
    store.failOn.clear();
    expect((await lockAs("bob")).isHeld()).toBe(true);
  });

  test("raises the fence each time", async () => {
    const { lockAs } = world();
    for (const fence of [1, 2, 3]) {
      const lock = await lockAs("ana");
      expect(lock.fence).toBe(fence);
      expect(await lock.release()).toBe(true);
    }
  });

  test("of a holder that nobody can read is refused, too", async () => {
    const { lockAs, store } = world();
    await lockAs("ana");
    await store.transact([{ kind: "put", key: LOCK, value: "{" }]);
    await expect(lockAs("bob")).rejects.toMatchObject({
      code: "LOCK_HELD",
      message: expect.stringContaining("unknown"),
    });
  });
});

describe("holding the lock", () => {
  test("goes on for hours by renewal", async () => {
    const { lockAs, clock } = world();
    const lock = await lockAs("ana");
    await clock.advance(3 * 3_600_000);
    expect(lock.isHeld()).toBe(true);
    await expect(lockAs("bob")).rejects.toMatchObject({ code: "LOCK_HELD" });
  });

  test("survives a store that is away for less than the time to live", async () => {
    const { lockAs, clock, store } = world();
    const lock = await lockAs("ana");
    await clock.advance(TTL / 3);
    store.failure = new Error("away");
    await clock.advance(TTL - 2_000);
    store.failure = undefined;
    await clock.advance(TTL);
    expect(lock.isHeld()).toBe(true);
    expect(lock.lost.aborted).toBe(false);
  });

  test("is over once it cannot be proven for the time to live, and stays so", async () => {
    const { lockAs, clock, store } = world();
    const lock = await lockAs("ana");
    store.failure = new Error("away");
    await clock.advance(TTL + 1);
    expect(lock.lost.aborted).toBe(true);
    expect(lock.lost.reason).toMatchObject({ code: "LOCK_LOST", exitCode: 9 });
    store.failure = undefined;
    await clock.advance(TTL);
    expect(lock.isHeld()).toBe(false);
    expect(() => lock.check()).toThrow(AxonError);
  });

  test("is over for a process that was frozen, before anything else of it runs", async () => {
    const { lockAs, clock, store } = world();
    const lock = await lockAs("ana");
    const guarded = guardedStore(store, lock);
    clock.freeze(TTL + 1);
    expect(lock.isHeld()).toBe(false);
    await expect(
      guarded.transact([{ kind: "put", key: "axon/shop/x", value: "1" }]),
    ).rejects.toMatchObject({ code: "LOCK_LOST" });
    await clock.advance(TTL);
    expect(lock.isHeld()).toBe(false);
    expect(store.entries()["axon/shop/x"]).toBeUndefined();
  });

  test("is over when only the computer's date has moved on, as after a sleep", async () => {
    const { store, clock } = world();
    const asleep = { ...bound(clock), now: () => new Date(clock.now().getTime() + slept) };
    let slept = 0;
    const lock = await acquireLock(
      store,
      {
        deployment: "shop",
        holder: { who: "ana", pid: 7, command: "axon deploy" },
        wait: "no-wait",
        onWaiting: () => undefined,
        clock: asleep,
      },
      new AbortController().signal,
    );
    expect(lock.isHeld()).toBe(true);
    slept = TTL + 1;
    expect(lock.isHeld()).toBe(false);
  });

  test("is over, without a write, soon after somebody took it away", async () => {
    const { lockAs, clock, store } = world();
    const lock = await lockAs("ana");
    const state = await readLock(store, "shop");
    if (!state) throw new Error("nobody has it");
    expect(await forceUnlock(store, "shop", state)).toBe(true);
    await clock.advance(TTL / 3);
    expect(lock.isHeld()).toBe(false);
    expect(lock.lost.reason).toMatchObject({ code: "LOCK_LOST" });
  });

  test("ends with its release: nothing is renewed or written any more", async () => {
    const { lockAs, clock, store } = world();
    const lock = await lockAs("ana");
    expect(await lock.release()).toBe(true);
    const { mutations } = store;
    expect(lock.isHeld()).toBe(false);
    await expect(
      guardedStore(store, lock).transact([{ kind: "delete", key: "axon/shop/x" }]),
    ).rejects.toMatchObject({ code: "LOCK_LOST" });
    await clock.advance(10 * TTL);
    expect(store.mutations).toBe(mutations);
    expect(lock.lost.aborted).toBe(false);
  });

  test("a store that is away does not make its release fail", async () => {
    const { lockAs, store } = world();
    const lock = await lockAs("ana");
    store.failure = new Error("away");
    expect(await lock.release()).toBe(false);
  });

  test("a dead holder's lock is free within twice the time to live", async () => {
    const { store, clock, lockAs } = world();
    const session = await store.openSession({ name: "dead", ttlSeconds: 15 });
    await store.transact([{ kind: "acquire", key: LOCK, value: "", session: session.id }]);
    const next = lockAs("bob", patient);
    await clock.advance(2 * TTL);
    expect((await next).fence).toBe(2);
  });
});

describe("forceUnlock", () => {
  test("does nothing to somebody else who has the lock by now", async () => {
    const { lockAs, store } = world();
    const first = await lockAs("ana");
    const seen = await readLock(store, "shop");
    if (!seen) throw new Error("nobody has it");
    await first.release();
    const second = await lockAs("bob");
    expect(await forceUnlock(store, "shop", seen)).toBe(false);
    expect(second.isHeld()).toBe(true);
    expect(await readLock(store, "shop")).toMatchObject({ holder: { who: "bob" } });
  });

  test("lets the next one in at once", async () => {
    const { lockAs, store } = world();
    await lockAs("ana");
    const next = lockAs("bob", patient);
    await settled();
    const seen = await readLock(store, "shop");
    if (!seen) throw new Error("nobody has it");
    await forceUnlock(store, "shop", seen);
    expect((await next).fence).toBe(2);
  });

  test("a free lock has no holder", async () => {
    const { lockAs, store } = world();
    expect(await readLock(store, "shop")).toBeUndefined();
    await (await lockAs("ana")).release();
    expect(await readLock(store, "shop")).toBeUndefined();
  });
});

function bound(clock: ManualClock) {
  return {
    monotonic: () => clock.monotonic(),
    after: (milliseconds: number, run: () => void) => clock.after(milliseconds, run),
    sleep: (milliseconds: number) => clock.sleep(milliseconds),
  };
}

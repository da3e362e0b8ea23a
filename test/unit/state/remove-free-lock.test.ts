import { describe, expect, test } from "vitest";
import type { DeploymentLock } from "../../../src/state/held-lock.ts";
import { acquireLock, readLock, removeFreeLock } from "../../../src/state/lock.ts";
import { ManualClock } from "../../helpers/manual-clock.ts";
import { MemoryKvStore } from "../../helpers/memory-kv.ts";

function world() {
  const clock = new ManualClock();
  const store = new MemoryKvStore({}, clock);
  const lockAs = (who: string) =>
    acquireLock(
      store,
      {
        deployment: "shop",
        holder: { who, pid: 7, command: "axon deploy" },
        wait: "no-wait",
        onWaiting: () => undefined,
        clock,
      },
      new AbortController().signal,
    );
  return { store, lockAs };
}

describe("removeFreeLock", () => {
  test("leaves nothing of a lock that nobody has", async () => {
    const { lockAs, store } = world();
    await (await lockAs("ana")).release();
    await removeFreeLock(store, "shop");
    expect(store.entries()).toEqual({});
    await removeFreeLock(store, "shop");
  });

  test("leaves the lock to who has it by now", async () => {
    const { lockAs, store } = world();
    await lockAs("bob");
    await removeFreeLock(store, "shop");
    expect(await readLock(store, "shop")).toMatchObject({ holder: { who: "bob" } });
  });

  test("leaves the lock to who takes it right then", async () => {
    const { lockAs, store } = world();
    await (await lockAs("ana")).release();
    const get = store.get.bind(store);
    const taken: DeploymentLock[] = [];
    store.get = async (key) => {
      const entry = await get(key);
      store.get = get;
      taken.push(await lockAs("bob"));
      return entry;
    };
    await removeFreeLock(store, "shop");
    expect(taken).toHaveLength(1);
    expect(await readLock(store, "shop")).toMatchObject({ holder: { who: "bob" } });
  });
});

import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { ChangeWait, KvEntry, KvStore } from "../../src/kv/kv-store.ts";

const LOOKS = 5;
const PAUSE_MILLISECONDS = 100;
/** Far less than a wait lasts that nobody wakes up. */
const PROMPT_MILLISECONDS = 10_000;

/** A wait that has begun: what it asked for first has been answered when what was asked after it has. */
export async function fallenAsleep(
  store: KvStore,
  key: string,
  wait: ChangeWait,
): Promise<{ readonly woken: Promise<KvEntry | undefined> }> {
  const woken = store.waitForChange(key, wait);
  // Nobody may hear of it before the test asks.
  woken.catch(() => undefined);
  for (let look = 0; look < LOOKS; look += 1) await store.get(key);
  return { woken };
}

/** Asks again, as whoever waits for a lock does, where a wait ends with its connection. */
export async function patiently<T>(ask: () => Promise<T>, first = ask()): Promise<T> {
  try {
    return await first;
  } catch (error) {
    expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
    await sleep(PAUSE_MILLISECONDS);
    return await patiently(ask);
  }
}

/** What it resolves with, and that it did so from now on within a time in which it was not over by itself. */
export async function promptly<T>(woken: Promise<T>, limit = PROMPT_MILLISECONDS): Promise<T> {
  const begun = performance.now();
  const found = await woken;
  expect(performance.now() - begun).toBeLessThan(limit);
  return found;
}

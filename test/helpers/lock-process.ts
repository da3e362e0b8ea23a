import { AxonError } from "../../src/errors.ts";
import { openKvStore } from "../../src/kv/open-kv-store.ts";
import type { StoreAddress } from "../../src/kv/store-address.ts";
import { type Clock, systemClock } from "../../src/state/clock.ts";
import { guardedStore } from "../../src/state/guarded-store.ts";
import { acquireLock } from "../../src/state/lock.ts";

/** What a test hands to the process, as JSON. */
export interface LockTask {
  /** Of a store that takes anybody. */
  readonly address: StoreAddress;
  readonly deployment: string;
  readonly ttlSeconds: number;
  /** How often it counts `axon/<deployment>/count` up by one, looking again and again between reading and writing. */
  readonly times: number;
  /** false: its clock stands still, so that it must be the store that tells it. */
  readonly hasClock: boolean;
}

const LOOKS = 20;

/** What a second process does with the lock. Bundled and started by start-lock-process.ts. */
async function run(task: LockTask): Promise<void> {
  const { address, deployment, ttlSeconds, times, hasClock } = task;
  const { signal } = new AbortController();
  const store = await openKvStore(address, signal);
  const lock = await acquireLock(
    store,
    {
      deployment,
      holder: { who: "test@process", pid: process.pid, command: "test" },
      wait: { timeoutMilliseconds: 60_000 },
      ttlSeconds,
      onWaiting: ({ pid }) => say(`waiting ${pid}`),
      clock: hasClock ? systemClock : STANDING_CLOCK,
    },
    signal,
  );
  say(`held ${lock.fence}`);
  const guarded = guardedStore(store, lock);
  const key = `axon/${deployment}/count`;
  for (let count = 0; count < times; count += 1) {
    const before = Number((await guarded.get(key))?.value ?? 0);
    // Whoever else could write now would do so meanwhile.
    for (let look = 0; look < LOOKS; look += 1) await guarded.get(key);
    await guarded.transact([{ kind: "put", key, value: String(before + 1) }]);
  }
  await lock.release();
  say("released");
  await store.close();
}

/** Renews as usual and never notices that time has passed. */
const STANDING_CLOCK: Clock = {
  ...systemClock,
  monotonic: () => 0,
  now: () => new Date(0),
};

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

run(JSON.parse(process.argv[2] ?? "") as LockTask).catch((error: unknown) => {
  say(error instanceof AxonError ? error.code : String(error));
  process.exit(error instanceof AxonError ? error.exitCode : 1);
});

import { AxonError } from "../errors.ts";
import type { KvEntry, KvStore } from "../kv/kv-store.ts";
import type { LockHolder } from "../live.ts";
import { lockKey } from "../store-layout.ts";
import type { Clock } from "./clock.ts";
import { type DeploymentLock, HeldLock, momentOf } from "./held-lock.ts";
import { decodeLockHolder, describeLockHolder, encodeLockHolder } from "./lock-holder.ts";

/** A dead holder's lock is free within twice this time. */
export const DEFAULT_TTL_SECONDS = 15;

export interface LockOptions {
  readonly deployment: string;
  readonly holder: Pick<LockHolder, "who" | "pid" | "command" | "link">;
  readonly wait: "no-wait" | { readonly timeoutMilliseconds: number };
  readonly ttlSeconds?: number;
  /** Told once of each holder that is waited for. */
  readonly onWaiting: (holder: LockHolder) => void;
  readonly clock: Clock;
}

/** Before a lock is asked for again that the store gives to nobody. */
const REFUSED_MILLISECONDS = 1_000;

/** A store that restarts answers again within this time. */
const AWAY_MILLISECONDS = 15_000;

/** What is known of a lock that somebody has. */
export interface LockState {
  readonly holder: LockHolder;
  readonly session: string;
  readonly fence: number;
}

/**
 * Takes the lock, or waits until the store tells that it is free. LOCK_HELD, naming the holder, when the
 * time is over. Writes nothing while somebody else has it.
 */
export async function acquireLock(
  store: KvStore,
  options: LockOptions,
  signal: AbortSignal,
): Promise<DeploymentLock> {
  const { deployment, wait, onWaiting, clock } = options;
  const key = lockKey(deployment);
  const patience = wait === "no-wait" ? 0 : wait.timeoutMilliseconds;
  const deadline = clock.monotonic() + patience;
  let told: string | undefined;
  let entry = await store.get(key, signal);
  for (;;) {
    const state = stateOf(entry);
    if (state === undefined) {
      const lock = await tryLock(store, options, signal);
      if (lock) return lock;
      // Since it was seen free it has changed hands, so this answers at once.
      const wait = { after: entry?.revision, timeoutMilliseconds: REFUSED_MILLISECONDS };
      entry = await store.waitForChange(key, wait, signal);
      continue;
    }
    const timeoutMilliseconds = deadline - clock.monotonic();
    if (timeoutMilliseconds <= 0) throw lockHeld(deployment, state.holder);
    if (state.session !== told) onWaiting(state.holder);
    told = state.session;
    const change = { after: entry?.revision, timeoutMilliseconds };
    entry = await patiently(() => store.waitForChange(key, change, signal), clock, signal);
  }
}

/** Who waits has written nothing, so a store that restarts meanwhile need not end it. */
async function patiently<T>(ask: () => Promise<T>, clock: Clock, signal: AbortSignal): Promise<T> {
  let away: number | undefined;
  for (;;) {
    try {
      return await ask();
    } catch (problem) {
      const isAway = problem instanceof AxonError && problem.code === "STORE_UNREACHABLE";
      away ??= clock.monotonic();
      if (!isAway || clock.monotonic() - away >= AWAY_MILLISECONDS) throw problem;
      await clock.sleep(REFUSED_MILLISECONDS, signal);
    }
  }
}

/** undefined: nobody has it. */
export async function readLock(
  store: KvStore,
  deployment: string,
  signal?: AbortSignal,
): Promise<LockState | undefined> {
  return stateOf(await store.get(lockKey(deployment), signal));
}

/**
 * Takes the lock away from the holder that was seen, and from nobody else: false, when that one has it no
 * more. Whatever it still tries to write is refused.
 */
export async function forceUnlock(
  store: KvStore,
  deployment: string,
  { session }: LockState,
): Promise<boolean> {
  const { kind } = await store.transact([{ kind: "release", key: lockKey(deployment), session }]);
  return kind === "written";
}

/** Removes the key of a lock that nobody has; somebody may have it by now, and keeps it. */
export async function removeFreeLock(store: KvStore, deployment: string): Promise<void> {
  const key = lockKey(deployment);
  const entry = await store.get(key);
  if (entry === undefined || stateOf(entry) !== undefined) return;
  await store.transact([{ kind: "delete", key, expected: entry.revision }]);
}

/** Who has the lock, if that entry is one that somebody has. */
export function stateOf(entry: KvEntry | undefined): LockState | undefined {
  if (entry?.session === undefined) return undefined;
  const { session, lockIndex: fence, value } = entry;
  return { holder: decodeLockHolder(value), session, fence };
}

/** undefined: somebody else was faster. */
async function tryLock(
  store: KvStore,
  { deployment, holder, clock, ttlSeconds = DEFAULT_TTL_SECONDS }: LockOptions,
  signal: AbortSignal,
): Promise<DeploymentLock | undefined> {
  const key = lockKey(deployment);
  const since = momentOf(clock);
  const session = await store.openSession({ name: `axon ${deployment}`, ttlSeconds }, signal);
  let lock: DeploymentLock | undefined;
  try {
    const value = encodeLockHolder({
      version: 1,
      ...holder,
      since: clock.now().toISOString(),
      ttlSeconds,
    });
    await store.transact([{ kind: "acquire", key, value, session: session.id }], signal);
    const entry = await store.get(key, signal);
    if (entry?.session === session.id) {
      const fence = entry.lockIndex;
      lock = new HeldLock({ store, deployment, session, fence, ttlSeconds, clock, since });
    }
    return lock;
  } finally {
    if (lock === undefined) await session.end().catch(() => undefined);
  }
}

function lockHeld(deployment: string, holder: LockHolder): AxonError {
  const free = `Try again when it has ended; if it is dead, the lock is free within ${2 * holder.ttlSeconds} s`;
  return new AxonError("LOCK_HELD", `${deployment} is locked by ${describeLockHolder(holder)}`, {
    hint: `${free}, or at once with: axon unlock -D ${deployment}`,
  });
}

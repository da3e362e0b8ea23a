import type { KvStore } from "../kv/kv-store.ts";
import { systemClock } from "../state/clock.ts";
import type { DeploymentLock } from "../state/held-lock.ts";
import { acquireLock } from "../state/lock.ts";
import { describeLockHolder } from "../state/lock-holder.ts";
import type { Context } from "./context.ts";
import { ciLink, whoDeploys } from "./origin.ts";

export interface LockOptions {
  /** Seconds to wait for a lock that somebody else has; 0: not at all. */
  readonly lockTimeout: number;
}

export interface LockWish extends LockOptions {
  readonly deployment: string;
  readonly store: KvStore;
  /** `axon deploy`: for whoever has to wait. */
  readonly command: string;
}

/** Waits for it as long as the options say, and tells on stderr for whom. */
export function takeLock(
  { deployment, store, command, lockTimeout }: LockWish,
  context: Context,
): Promise<DeploymentLock> {
  const link = ciLink(context.env);
  return acquireLock(
    store,
    {
      deployment,
      holder: { who: whoDeploys(context.env), pid: process.pid, command, ...(link && { link }) },
      wait: lockTimeout === 0 ? "no-wait" : { timeoutMilliseconds: lockTimeout * 1000 },
      onWaiting: (holder) =>
        context.stderr.write(`waiting for ${describeLockHolder(holder)} to end\n`),
      clock: systemClock,
      ...ttl(context),
    },
    context.stop,
  );
}

/** AXON_LOCK_TTL shortens how long a dead holder's lock stays; the store may allow no less than 10 s. */
function ttl({ env }: Context) {
  const ttlSeconds = Number(env.AXON_LOCK_TTL);
  return ttlSeconds > 0 ? { ttlSeconds } : {};
}

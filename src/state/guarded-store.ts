import type { Catalogue } from "../catalogue/catalogue.ts";
import { AxonError } from "../errors.ts";
import { fitTogether, groupWrites, keyOf } from "../kv/kv-limits.ts";
import type { KvStore, KvWrite, TransactOutcome } from "../kv/kv-store.ts";
import type { DeploymentLock } from "./held-lock.ts";

/**
 * The same store for who holds the lock: the store itself checks the lock in each group of writes that it
 * takes, and LOCK_LOST is thrown when that fails. Reads pass. Each value is limited to what fits into a
 * transaction, 360 KB.
 */
export function guardedStore(store: KvStore, lock: DeploymentLock): KvStore {
  return {
    description: store.description,
    get: (key, signal) => store.get(key, signal),
    list: (prefix, signal) => store.list(prefix, signal),
    listKeys: (prefix, signal) => store.listKeys(prefix, signal),
    waitForChange: (key, wait, signal) => store.waitForChange(key, wait, signal),
    openSession: (options, signal) => store.openSession(options, signal),
    transact: (writes, signal) => transact({ store, lock }, writes, signal),
    catalogue: store.catalogue && guardedCatalogue(store.catalogue, lock),
    tokens: store.tokens,
    close: () => store.close(),
  };
}

/** A catalogue knows no locks: what it is told is told by who has just made sure to have this one. */
function guardedCatalogue(catalogue: Catalogue, lock: DeploymentLock): Catalogue {
  return {
    ...catalogue,
    register: async (request, signal) => {
      lock.check();
      await catalogue.register(request, signal);
    },
    deregister: async (request, signal) => {
      lock.check();
      await catalogue.deregister(request, signal);
    },
  };
}

async function transact(
  { store, lock }: { readonly store: KvStore; readonly lock: DeploymentLock },
  writes: readonly KvWrite[],
  signal: AbortSignal | undefined,
): Promise<TransactOutcome> {
  lock.check();
  const groups = groupWrites(writes, [lock.guard]);
  for (const group of groups) checkFits(group);
  for (const group of groups) {
    lock.check();
    const outcome = await store.transact(group, signal);
    if (outcome.kind === "written") continue;
    if (!outcome.keys.includes(lock.guard.key)) return outcome;
    throw lock.lose("somebody else may have it by now");
  }
  return { kind: "written" };
}

/** One that does not would be sent in parts, the check apart from the write. */
function checkFits(group: readonly KvWrite[]): void {
  const last = group.at(-1);
  if (last === undefined || fitTogether(group)) return;
  const problem = `value of key ${keyOf(last)} is too large to be written under the lock`;
  throw new AxonError("STORE_REFUSED", problem, { hint: "Keep values below 360 KB" });
}

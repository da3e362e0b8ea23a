import type { Catalogue } from "../catalogue/catalogue.ts";
import { AxonError } from "../errors.ts";
import { fitTogether, groupWrites, keyOf } from "../kv/kv-limits.ts";
import type { KvStore, KvWrite, TransactOutcome } from "../kv/kv-store.ts";
import type { TokenIssuer } from "../kv/token-issuer.ts";
import type { DeploymentLock } from "./held-lock.ts";

/**
 * The same store for who holds the lock: the store itself checks the lock in each group of writes that it
 * takes, and LOCK_LOST is thrown when that fails. Tokens and a catalogue are no part of the store's
 * transactions: right before each call that changes them the store is asked for the lock. Reads pass. Each value is
 * limited to what fits into a transaction, 360 KB.
 */
export function guardedStore(store: KvStore, lock: DeploymentLock): KvStore {
  const proven: Proven = (change) => async (what, signal) => {
    await proveHeld({ store, lock }, signal);
    await change(what, signal);
  };
  return {
    description: store.description,
    get: (key, signal) => store.get(key, signal),
    list: (prefix, signal) => store.list(prefix, signal),
    listKeys: (prefix, signal) => store.listKeys(prefix, signal),
    waitForChange: (key, wait, signal) => store.waitForChange(key, wait, signal),
    openSession: (options, signal) => store.openSession(options, signal),
    transact: (writes, signal) => transact({ store, lock }, writes, signal),
    catalogue: store.catalogue && guardedCatalogue(store.catalogue, proven),
    tokens: store.tokens && guardedTokens(store.tokens, proven),
    close: () => store.close(),
  };
}

/** Each change is made right after the lock was proven. */
type Proven = <T>(
  change: (what: T, signal?: AbortSignal) => Promise<void>,
) => (what: T, signal?: AbortSignal) => Promise<void>;

function guardedCatalogue(catalogue: Catalogue, proven: Proven): Catalogue {
  return {
    ...catalogue,
    register: proven(catalogue.register.bind(catalogue)),
    deregister: proven(catalogue.deregister.bind(catalogue)),
  };
}

function guardedTokens(tokens: TokenIssuer, proven: Proven): TokenIssuer {
  return {
    observe: (name, signal) => tokens.observe(name, signal),
    grant: proven(tokens.grant.bind(tokens)),
    revoke: proven(tokens.revoke.bind(tokens)),
  };
}

interface Guarded {
  readonly store: KvStore;
  readonly lock: DeploymentLock;
}

/** Who is frozen while the store answers is told so by the clock. */
async function proveHeld({ store, lock }: Guarded, signal: AbortSignal | undefined): Promise<void> {
  lock.check();
  const { kind } = await store.transact([lock.guard], signal);
  if (kind === "conflict") throw lock.lose(TAKEN);
  lock.check();
}

const TAKEN = "somebody else may have it by now";

async function transact(
  { store, lock }: Guarded,
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
    throw lock.lose(TAKEN);
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

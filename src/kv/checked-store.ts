import { checkKey, checkPrefix, checkWrites, groupWrites } from "./kv-limits.ts";
import type { KvEntry, KvStore, KvWrite, TransactOutcome } from "./kv-store.ts";

/**
 * What an adapter does: it speaks the protocol of its store. It is asked only for what a store can keep, and may
 * answer with entries and keys in any order, and with a key twice that is in conflict twice.
 */
export interface StoreProtocol extends Omit<KvStore, "transact"> {
  /** All or nothing, of what fits into one transaction. */
  write(group: readonly KvWrite[], signal?: AbortSignal): Promise<TransactOutcome>;
}

/** What is the same for every store: its limits, the groups that it takes writes in, and the order of its answers. */
export function checkedStore(protocol: StoreProtocol): KvStore {
  return {
    description: protocol.description,
    catalogue: protocol.catalogue,
    tokens: protocol.tokens,
    get: async (key, signal) => {
      checkKey(key);
      return await protocol.get(key, signal);
    },
    list: async (prefix, signal) => {
      checkPrefix(prefix);
      return (await protocol.list(prefix, signal)).toSorted(byKey);
    },
    listKeys: async (prefix, signal) => {
      checkPrefix(prefix);
      return (await protocol.listKeys(prefix, signal)).toSorted();
    },
    waitForChange: async (key, wait, signal) => {
      checkKey(key);
      return await protocol.waitForChange(key, wait, signal);
    },
    openSession: (options, signal) => protocol.openSession(options, signal),
    transact: async (writes, signal) => {
      checkWrites(writes);
      return await writeAll(protocol, writes, signal);
    },
    close: () => protocol.close(),
  };
}

async function writeAll(
  protocol: StoreProtocol,
  writes: readonly KvWrite[],
  signal: AbortSignal | undefined,
): Promise<TransactOutcome> {
  signal?.throwIfAborted();
  for (const group of groupWrites(writes)) {
    const outcome = await protocol.write(group, signal);
    if (outcome.kind === "written") continue;
    return { kind: "conflict", keys: [...new Set(outcome.keys)].toSorted() };
  }
  return { kind: "written" };
}

function byKey(a: KvEntry, b: KvEntry): number {
  return a.key < b.key ? -1 : 1;
}

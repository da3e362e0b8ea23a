import { ConsulClient } from "./consul-client.ts";
import { readEntries, writeEntry } from "./consul-entries.ts";
import { noLeader, notConsul } from "./consul-errors.ts";
import { runTransaction } from "./consul-transaction.ts";
import { checkKey, checkPrefix, checkWrites, groupWrites } from "./kv-limits.ts";
import type { KvEntry, KvStore, KvWrite, TransactOutcome } from "./kv-store.ts";
import type { StoreAddress } from "./store-address.ts";

const PROBE_MILLISECONDS = 2_000;

/** Proves within about two seconds that there is a Consul with a leader. */
export async function openConsul(address: StoreAddress, signal?: AbortSignal): Promise<KvStore> {
  const client = await ConsulClient.open(address);
  try {
    await probe(client, signal);
  } catch (error) {
    client.close();
    throw error;
  }
  return new ConsulKvStore(client);
}

class ConsulKvStore implements KvStore {
  readonly description: string;
  readonly #client: ConsulClient;

  constructor(client: ConsulClient) {
    this.#client = client;
    this.description = client.description;
  }

  async get(key: string, signal?: AbortSignal): Promise<KvEntry | undefined> {
    checkKey(key);
    return (await readEntries(this.#client, { key }, signal))[0];
  }

  async list(prefix: string, signal?: AbortSignal): Promise<readonly KvEntry[]> {
    checkPrefix(prefix);
    const entries = await readEntries(this.#client, { key: prefix, recurse: true }, signal);
    // A list lacks what the token may not read; only a single key is refused.
    if (entries.length === 0 && prefix !== "")
      await readEntries(this.#client, { key: prefix }, signal);
    return entries.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  async transact(writes: readonly KvWrite[], signal?: AbortSignal): Promise<TransactOutcome> {
    checkWrites(writes);
    for (const group of groupWrites(writes)) {
      const outcome = await this.#writeGroup(group, signal);
      if (outcome.kind === "conflict") return outcome;
    }
    return { kind: "written" };
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  #writeGroup(
    group: readonly KvWrite[],
    signal: AbortSignal | undefined,
  ): Promise<TransactOutcome> {
    const [only, ...more] = group;
    return only && more.length === 0
      ? writeEntry(this.#client, only, signal)
      : runTransaction(this.#client, group, signal);
  }
}

async function probe(client: ConsulClient, signal: AbortSignal | undefined): Promise<void> {
  const { response, body } = await client.call(
    ({ status }, options) => (status.leader as (options: object) => Promise<unknown>)(options),
    { signal, timeoutMilliseconds: PROBE_MILLISECONDS },
  );
  const isJson = response.headers["content-type"]?.startsWith("application/json");
  if (!isJson || typeof body !== "string") throw notConsul(client.description);
  if (body === "") throw noLeader(client.description);
}

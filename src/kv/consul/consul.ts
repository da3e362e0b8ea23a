import type { Catalogue } from "../../catalogue/catalogue.ts";
import type { Watcher } from "../../http/watcher.ts";
import { checkedStore, type StoreProtocol } from "../checked-store.ts";
import type {
  ChangeWait,
  KvEntry,
  KvSession,
  KvStore,
  KvWrite,
  SessionOptions,
  TransactOutcome,
} from "../kv-store.ts";
import type { ConsulAddress } from "../store-address.ts";
import { consulCatalogue } from "./consul-catalogue.ts";
import { ConsulClient } from "./consul-client.ts";
import { isPlainWrite, readEntries, readKeys, writeEntry } from "./consul-entries.ts";
import { noLeader, notConsul } from "./consul-errors.ts";
import { openConsulSession } from "./consul-session.ts";
import { ConsulTokens } from "./consul-tokens.ts";
import { runTransaction } from "./consul-transaction.ts";
import { awaitChange } from "./consul-wait.ts";

const PROBE_MILLISECONDS = 2_000;

/** Proves within about two seconds that there is a Consul with a leader, unless the store is Axon's own. */
export async function openConsul(
  address: ConsulAddress,
  signal?: AbortSignal,
  watcher?: Watcher,
): Promise<KvStore> {
  const client = await ConsulClient.open(address, watcher);
  try {
    if (!address.isManaged) await probe(client, signal);
  } catch (error) {
    client.close();
    throw error;
  }
  return checkedStore(new ConsulProtocol(client, address.isManaged === true));
}

class ConsulProtocol implements StoreProtocol {
  readonly description: string;
  readonly catalogue: Catalogue;
  readonly #client: ConsulClient;
  readonly #isManaged: boolean;
  readonly tokens: ConsulTokens;

  constructor(client: ConsulClient, isManaged: boolean) {
    this.#client = client;
    this.tokens = new ConsulTokens(client);
    this.#isManaged = isManaged;
    this.description = client.description;
    this.catalogue = consulCatalogue(client, isManaged);
  }

  async get(key: string, signal?: AbortSignal): Promise<KvEntry | undefined> {
    return (await readEntries(this.#client, { key }, signal))[0];
  }

  async list(prefix: string, signal?: AbortSignal): Promise<readonly KvEntry[]> {
    const entries = await readEntries(this.#client, { key: prefix, recurse: true }, signal);
    if (entries.length === 0) await this.#checkReadable(prefix, signal);
    return entries;
  }

  async listKeys(prefix: string, signal?: AbortSignal): Promise<readonly string[]> {
    const keys = await readKeys(this.#client, prefix, signal);
    if (keys.length === 0) await this.#checkReadable(prefix, signal);
    return keys;
  }

  async waitForChange(
    key: string,
    wait: ChangeWait,
    signal?: AbortSignal,
  ): Promise<KvEntry | undefined> {
    return await awaitChange(this.#client, { ...wait, key }, signal);
  }

  openSession(options: SessionOptions, signal?: AbortSignal): Promise<KvSession> {
    return openConsulSession(this.#client, options, signal);
  }

  async write(group: readonly KvWrite[], signal?: AbortSignal): Promise<TransactOutcome> {
    const [only, ...more] = group;
    return only && more.length === 0 && isPlainWrite(only)
      ? await writeEntry(this.#client, only, signal)
      : await runTransaction(this.#client, group, signal);
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  /** A list lacks what the token may not read; only a single key is refused. */
  async #checkReadable(prefix: string, signal: AbortSignal | undefined): Promise<void> {
    if (prefix !== "" && !this.#isManaged) await readEntries(this.#client, { key: prefix }, signal);
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

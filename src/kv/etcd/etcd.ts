import { checkKey, checkPrefix, checkWrites, groupWrites } from "../kv-limits.ts";
import type {
  ChangeWait,
  KvEntry,
  KvSession,
  KvStore,
  KvWrite,
  SessionOptions,
  TransactOutcome,
} from "../kv-store.ts";
import type { EtcdAddress } from "../store-address.ts";
import { EtcdClient } from "./etcd-client.ts";
import { readKey, readKeys, readTree } from "./etcd-entries.ts";
import { openEtcdSession } from "./etcd-session.ts";
import { runTransaction } from "./etcd-transaction.ts";
import { awaitChange } from "./etcd-wait.ts";

/** Proves within about two seconds that there is an etcd with a leader that lets one in. */
export async function openEtcd(address: EtcdAddress, signal?: AbortSignal): Promise<KvStore> {
  return new EtcdKvStore(await EtcdClient.open(address, signal));
}

class EtcdKvStore implements KvStore {
  readonly description: string;
  readonly #client: EtcdClient;

  constructor(client: EtcdClient) {
    this.#client = client;
    this.description = client.description;
  }

  async get(key: string, signal?: AbortSignal): Promise<KvEntry | undefined> {
    checkKey(key);
    return (await readKey(this.#client, key, signal)).entry;
  }

  async list(prefix: string, signal?: AbortSignal): Promise<readonly KvEntry[]> {
    checkPrefix(prefix);
    return await readTree(this.#client, prefix, signal);
  }

  async listKeys(prefix: string, signal?: AbortSignal): Promise<readonly string[]> {
    checkPrefix(prefix);
    return await readKeys(this.#client, prefix, signal);
  }

  async waitForChange(
    key: string,
    wait: ChangeWait,
    signal?: AbortSignal,
  ): Promise<KvEntry | undefined> {
    checkKey(key);
    return await awaitChange(this.#client, { ...wait, key }, signal);
  }

  openSession(options: SessionOptions, signal?: AbortSignal): Promise<KvSession> {
    return openEtcdSession(this.#client, options, signal);
  }

  async transact(writes: readonly KvWrite[], signal?: AbortSignal): Promise<TransactOutcome> {
    checkWrites(writes);
    for (const group of groupWrites(writes)) {
      const outcome = await runTransaction(this.#client, group, signal);
      if (outcome.kind === "conflict") return outcome;
    }
    return { kind: "written" };
  }

  async close(): Promise<void> {
    this.#client.close();
  }
}

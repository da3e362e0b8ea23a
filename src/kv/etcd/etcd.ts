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
import type { EtcdAddress } from "../store-address.ts";
import { EtcdClient } from "./etcd-client.ts";
import { readKey, readKeys, readTree } from "./etcd-entries.ts";
import { openEtcdSession } from "./etcd-session.ts";
import { runTransaction } from "./etcd-transaction.ts";
import { awaitChange } from "./etcd-wait.ts";

/** Proves within about two seconds that there is an etcd with a leader that lets one in. */
export async function openEtcd(address: EtcdAddress, signal?: AbortSignal): Promise<KvStore> {
  return checkedStore(new EtcdProtocol(await EtcdClient.open(address, signal)));
}

class EtcdProtocol implements StoreProtocol {
  readonly description: string;
  readonly #client: EtcdClient;

  constructor(client: EtcdClient) {
    this.#client = client;
    this.description = client.description;
  }

  async get(key: string, signal?: AbortSignal): Promise<KvEntry | undefined> {
    return (await readKey(this.#client, key, signal)).entry;
  }

  async list(prefix: string, signal?: AbortSignal): Promise<readonly KvEntry[]> {
    return await readTree(this.#client, prefix, signal);
  }

  async listKeys(prefix: string, signal?: AbortSignal): Promise<readonly string[]> {
    return await readKeys(this.#client, prefix, signal);
  }

  async waitForChange(
    key: string,
    wait: ChangeWait,
    signal?: AbortSignal,
  ): Promise<KvEntry | undefined> {
    return await awaitChange(this.#client, { ...wait, key }, signal);
  }

  openSession(options: SessionOptions, signal?: AbortSignal): Promise<KvSession> {
    return openEtcdSession(this.#client, options, signal);
  }

  async write(group: readonly KvWrite[], signal?: AbortSignal): Promise<TransactOutcome> {
    return await runTransaction(this.#client, group, signal);
  }

  async close(): Promise<void> {
    this.#client.close();
  }
}

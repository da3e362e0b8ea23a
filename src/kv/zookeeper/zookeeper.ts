import { checkedStore, type StoreProtocol } from "../checked-store.ts";
import { unreachable } from "../connection-errors.ts";
import type {
  ChangeWait,
  KvEntry,
  KvSession,
  KvStore,
  KvWrite,
  SessionOptions,
  TransactOutcome,
} from "../kv-store.ts";
import type { ZooKeeperAddress } from "../store-address.ts";
import { runTransaction } from "./transaction/run-transaction.ts";
import { ZooKeeperClient } from "./zookeeper-client.ts";
import { ZooKeeperDialer } from "./zookeeper-dialer.ts";
import { readEntries, readEntry, readKeys } from "./zookeeper-entries.ts";
import { catchUp } from "./zookeeper-nodes.ts";
import { NodePaths } from "./zookeeper-paths.ts";
import { openZooKeeperSession } from "./zookeeper-session.ts";
import { awaitChange } from "./zookeeper-wait.ts";

const PROBE_MILLISECONDS = 2_500;

/** Proves within some two seconds that there is a ZooKeeper whose servers agree. */
export async function openZooKeeper(
  address: ZooKeeperAddress,
  signal?: AbortSignal,
): Promise<KvStore> {
  const client = new ZooKeeperClient(await ZooKeeperDialer.open(address));
  const paths = new NodePaths(address.chroot);
  const late = AbortSignal.timeout(PROBE_MILLISECONDS);
  try {
    await client.call(catchUp, signal ? AbortSignal.any([signal, late]) : late);
  } catch (error) {
    void client.close();
    if (error !== late.reason) throw error;
    throw unreachable(client.dialer.description, "it takes connections but gives no answer");
  }
  return checkedStore(new ZooKeeperProtocol(client, paths));
}

class ZooKeeperProtocol implements StoreProtocol {
  readonly description: string;
  readonly #client: ZooKeeperClient;
  readonly #paths: NodePaths;

  constructor(client: ZooKeeperClient, paths: NodePaths) {
    this.#client = client;
    this.#paths = paths;
    this.description = client.dialer.description;
  }

  async get(key: string, signal?: AbortSignal): Promise<KvEntry | undefined> {
    return await this.#client.read((one) => readEntry(one, this.#paths, key), signal);
  }

  async list(prefix: string, signal?: AbortSignal): Promise<readonly KvEntry[]> {
    return await this.#client.read((one) => readEntries(one, this.#paths, prefix), signal);
  }

  async listKeys(prefix: string, signal?: AbortSignal): Promise<readonly string[]> {
    return await this.#client.read((one) => readKeys(one, this.#paths, prefix), signal);
  }

  async waitForChange(
    key: string,
    wait: ChangeWait,
    signal?: AbortSignal,
  ): Promise<KvEntry | undefined> {
    return await awaitChange(this.#client, this.#paths, { ...wait, key, signal });
  }

  openSession(options: SessionOptions, signal?: AbortSignal): Promise<KvSession> {
    return openZooKeeperSession(this.#client, this.#paths, { ...options, signal });
  }

  async write(group: readonly KvWrite[], signal?: AbortSignal): Promise<TransactOutcome> {
    return await runTransaction(this.#client, this.#paths, { writes: group, signal });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}

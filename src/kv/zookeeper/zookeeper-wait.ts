import type { ChangeWait, KvEntry } from "../kv-store.ts";
import type { ZooKeeperConnection } from "./wire/connection.ts";
import { unlessAborted, type ZooKeeperClient } from "./zookeeper-client.ts";
import { findEntry, toEntry } from "./zookeeper-entries.ts";
import { isThere } from "./zookeeper-nodes.ts";
import type { NodePaths } from "./zookeeper-paths.ts";

/** Watches that the server tells of when the key has changed; a lost connection is asked for anew. */
export async function awaitChange(
  client: ZooKeeperClient,
  paths: NodePaths,
  {
    key,
    after,
    timeoutMilliseconds,
    signal,
  }: ChangeWait & {
    readonly key: string;
    readonly signal: AbortSignal | undefined;
  },
): Promise<KvEntry | undefined> {
  const deadline = performance.now() + timeoutMilliseconds;
  for (;;) {
    const watch = new Watch();
    try {
      const path = paths.ofKey(key);
      const found = await client.read((connection) => watch.look(connection, paths, path), signal);
      const entry = toEntry(key, found);
      const left = deadline - performance.now();
      if (entry?.revision !== after || left <= 0) return entry;
      await unlessAborted(watch.firedWithin(left), signal);
    } finally {
      watch.forget();
    }
    client.checkOpen();
  }
}

class Watch {
  #fire: () => void = () => undefined;
  readonly #fired = new Promise<void>((resolve) => {
    this.#fire = resolve;
  });
  readonly #forgotten: (() => void)[] = [];

  /** What is there, and from now on watched: the node, and the session that has it as a lock. */
  async look(connection: ZooKeeperConnection, paths: NodePaths, path: string) {
    this.#listen(connection, path);
    const [, found] = await Promise.all([
      isThere(connection, path, { watch: true }),
      findEntry(connection, paths, path),
    ]);
    if (found.holder) {
      const session = paths.ofSession(found.holder);
      this.#listen(connection, session);
      if (!(await isThere(connection, session, { watch: true }))) this.#fire();
    }
    return found;
  }

  async firedWithin(milliseconds: number): Promise<void> {
    const timer = setTimeout(this.#fire, milliseconds);
    try {
      await this.#fired;
    } finally {
      clearTimeout(timer);
    }
  }

  forget(): void {
    for (const forget of this.#forgotten) forget();
    this.#fire();
  }

  #listen(connection: ZooKeeperConnection, path: string): void {
    this.#forgotten.push(connection.watch(path, () => this.#fire()));
  }
}

import { checkKey, checkPrefix, checkWrites, groupWrites, keyOf } from "../../src/kv/kv-limits.ts";
import type {
  KvEntry,
  KvStore,
  KvWrite,
  Revision,
  TransactOutcome,
} from "../../src/kv/kv-store.ts";

/** Keeps the store contract in memory. The contract suite runs against it and the real stores. */
export class MemoryKvStore implements KvStore {
  readonly description = "memory";
  /** What any call that names this key or prefix fails with. */
  readonly failOn = new Map<string, Error>();
  /** How many writes took effect; 0 proves that nothing was written. */
  mutations = 0;
  #entries = new Map<string, KvEntry>();
  #clock = 0;
  #closed = false;

  /** Initial entries do not count as mutations. */
  constructor(initial: Readonly<Record<string, string>> = {}) {
    for (const [key, value] of Object.entries(initial)) this.#put(this.#entries, key, value);
  }

  /** Everything that is in it, by key. */
  entries(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#sorted().map(({ key, value }) => [key, value]));
  }

  async get(key: string, signal?: AbortSignal): Promise<KvEntry | undefined> {
    this.#enter([key], signal);
    checkKey(key);
    return this.#entries.get(key);
  }

  async list(prefix: string, signal?: AbortSignal): Promise<readonly KvEntry[]> {
    this.#enter([prefix], signal);
    checkPrefix(prefix);
    return this.#sorted().filter(({ key }) => key.startsWith(prefix));
  }

  async transact(writes: readonly KvWrite[], signal?: AbortSignal): Promise<TransactOutcome> {
    this.#enter(writes.map(keyOf), signal);
    checkWrites(writes);
    for (const group of groupWrites(writes)) {
      const keys = group.filter((write) => !this.#holds(write)).map(keyOf);
      if (keys.length > 0) return { kind: "conflict", keys: keys.toSorted() };
      this.#apply(group);
    }
    return { kind: "written" };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #enter(keys: readonly string[], signal: AbortSignal | undefined): void {
    if (this.#closed) throw new Error("the store is closed");
    signal?.throwIfAborted();
    for (const key of keys) {
      const failure = this.failOn.get(key);
      if (failure) throw failure;
    }
  }

  #holds(write: KvWrite): boolean {
    if (write.kind === "deleteTree" || write.expected === undefined) return true;
    const current = this.#entries.get(write.key);
    if (write.kind === "delete") return !current || current.revision === write.expected;
    return (current?.revision ?? "absent") === write.expected;
  }

  #apply(group: readonly KvWrite[]): void {
    const entries = new Map(this.#entries);
    this.#clock += 1;
    for (const write of group) {
      if (write.kind === "put") this.#put(entries, write.key, write.value);
      else if (write.kind === "delete") entries.delete(write.key);
      else deleteTree(entries, write.prefix);
    }
    this.mutations += group.length;
    this.#entries = entries;
  }

  #put(entries: Map<string, KvEntry>, key: string, value: string): void {
    entries.set(key, { key, value, revision: String(this.#clock) as Revision });
  }

  #sorted(): readonly KvEntry[] {
    return [...this.#entries.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}

function deleteTree(entries: Map<string, KvEntry>, prefix: string): void {
  for (const key of [...entries.keys()]) if (key.startsWith(prefix)) entries.delete(key);
}

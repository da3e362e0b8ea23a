import { checkKey, checkPrefix, checkWrites, groupWrites, keyOf } from "../../src/kv/kv-limits.ts";
import type {
  ChangeWait,
  KvEntry,
  KvSession,
  KvStore,
  KvWrite,
  Revision,
  SessionOptions,
  TransactOutcome,
} from "../../src/kv/kv-store.ts";
import type { TokenIssuer } from "../../src/kv/token-issuer.ts";
import { type Clock, systemClock } from "../../src/state/clock.ts";

/** As Consul: a session is ended this many times its time to live after its last renewal. */
const EXPIRY_FACTOR = 2;

/** Keeps the store contract in memory. The contract suite runs against it and the real stores. */
export class MemoryKvStore implements KvStore {
  readonly description = "memory";
  tokens: TokenIssuer | undefined;
  /** What any call that names this key or prefix fails with. */
  readonly failOn = new Map<string, Error>();
  /** What every call fails with, as if the store were away. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  set failure(failure: Error | undefined) {
    this.#failure = failure;
    this.#wake();
  }

  #failure: Error | undefined;
  /** How many writes took effect; 0 proves that nothing was written. */
  mutations = 0;
  readonly #clock: Clock;
  readonly #watchers = new Set<() => void>();
  /** By id, what calls the session's expiry off. */
  readonly #sessions = new Map<string, () => void>();
  #entries = new Map<string, KvEntry>();
  #index = 0;
  #sessionCount = 0;
  #closed = false;

  /** Initial entries do not count as mutations. */
  constructor(initial: Readonly<Record<string, string>> = {}, clock: Clock = systemClock) {
    this.#clock = clock;
    for (const [key, value] of Object.entries(initial)) this.#put(this.#entries, { key, value });
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

  async listKeys(prefix: string, signal?: AbortSignal): Promise<readonly string[]> {
    return (await this.list(prefix, signal)).map(({ key }) => key);
  }

  async waitForChange(
    key: string,
    { after, timeoutMilliseconds }: ChangeWait,
    signal?: AbortSignal,
  ): Promise<KvEntry | undefined> {
    this.#enter([key], signal);
    checkKey(key);
    const hasChanged = () => this.#entries.get(key)?.revision !== after;
    if (hasChanged()) return this.#entries.get(key);
    await new Promise<void>((resolve, reject) => {
      const settle = (end: () => void) => {
        callOff();
        this.#watchers.delete(look);
        signal?.removeEventListener("abort", aborted);
        end();
      };
      const look = () => {
        if (this.#closed) settle(() => reject(closedError()));
        else if (this.failure) settle(() => reject(this.failure));
        else if (hasChanged()) settle(resolve);
      };
      const aborted = () => settle(() => reject(signal?.reason));
      const callOff = this.#clock.after(timeoutMilliseconds, () => settle(resolve));
      this.#watchers.add(look);
      signal?.addEventListener("abort", aborted);
    });
    return this.#entries.get(key);
  }

  async openSession({ ttlSeconds }: SessionOptions, signal?: AbortSignal): Promise<KvSession> {
    this.#enter([], signal);
    this.#sessionCount += 1;
    const id = `session-${this.#sessionCount}`;
    const expire = () => this.#endSession(id);
    const keep = () => {
      this.#sessions.get(id)?.();
      this.#sessions.set(id, this.#clock.after(ttlSeconds * 1000 * EXPIRY_FACTOR, expire));
    };
    keep();
    return {
      id,
      renew: async (renewal) => {
        this.#enter([], renewal);
        if (!this.#sessions.has(id)) return false;
        keep();
        return true;
      },
      end: async (ending) => {
        this.#enter([], ending);
        this.#endSession(id);
      },
    };
  }

  async transact(writes: readonly KvWrite[], signal?: AbortSignal): Promise<TransactOutcome> {
    this.#enter(writes.map(keyOf), signal);
    checkWrites(writes);
    for (const group of groupWrites(writes)) {
      const keys = group.filter((write) => !this.#holds(write)).map(keyOf);
      if (keys.length > 0) return { kind: "conflict", keys: [...new Set(keys)].sort() };
      this.#apply(group);
    }
    return { kind: "written" };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
  }

  #enter(keys: readonly string[], signal: AbortSignal | undefined): void {
    if (this.#closed) throw closedError();
    signal?.throwIfAborted();
    if (this.failure) throw this.failure;
    for (const key of keys) {
      const failure = this.failOn.get(key);
      if (failure) throw failure;
    }
  }

  #holds(write: KvWrite): boolean {
    const current = this.#entries.get(keyOf(write));
    switch (write.kind) {
      case "deleteTree":
        return true;
      case "put":
        return !write.expected || (current?.revision ?? "absent") === write.expected;
      case "delete":
        return !write.expected || !current || current.revision === write.expected;
      case "acquire":
        return (
          this.#sessions.has(write.session) && (current?.session ?? write.session) === write.session
        );
      case "release":
      case "checkSession":
        return current?.session === write.session;
    }
  }

  #apply(group: readonly KvWrite[]): void {
    const entries = new Map(this.#entries);
    this.#index += 1;
    for (const write of group) this.#applyOne(entries, write);
    this.mutations += group.filter(({ kind }) => kind !== "checkSession").length;
    this.#entries = entries;
    this.#wake();
  }

  #applyOne(entries: Map<string, KvEntry>, write: KvWrite): void {
    switch (write.kind) {
      case "put":
        this.#put(entries, write);
        break;
      case "delete":
        entries.delete(write.key);
        break;
      case "deleteTree":
        deleteTree(entries, write.prefix);
        break;
      case "acquire":
        this.#acquire(entries, write);
        break;
      case "release":
        this.#put(entries, { key: write.key, value: "", session: undefined });
        break;
      case "checkSession":
        break;
    }
  }

  #acquire(
    entries: Map<string, KvEntry>,
    { key, value, session }: Extract<KvWrite, { kind: "acquire" }>,
  ): void {
    const before = entries.get(key);
    const isNew = before?.session !== session;
    this.#put(entries, {
      key,
      value,
      session,
      lockIndex: (before?.lockIndex ?? 0) + Number(isNew),
    });
  }

  /** What is not said of a key's lock stays as it was. */
  #put(
    entries: Map<string, KvEntry>,
    { key, value, ...lock }: Pick<KvEntry, "key" | "value"> & Partial<KvEntry>,
  ): void {
    const { session, lockIndex } = { lockIndex: 0, ...entries.get(key), ...lock };
    entries.set(key, { key, value, session, lockIndex, revision: String(this.#index) as Revision });
  }

  #endSession(id: string): void {
    this.#sessions.get(id)?.();
    this.#sessions.delete(id);
    const held = [...this.#entries.values()].filter(({ session }) => session === id);
    if (held.length > 0) this.#index += 1;
    for (const entry of held) this.#put(this.#entries, { ...entry, session: undefined });
    this.#wake();
  }

  #wake(): void {
    for (const look of [...this.#watchers]) look();
  }

  #sorted(): readonly KvEntry[] {
    return [...this.#entries.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}

function deleteTree(entries: Map<string, KvEntry>, prefix: string): void {
  for (const key of [...entries.keys()]) if (key.startsWith(prefix)) entries.delete(key);
}

function closedError(): Error {
  return new Error("the store is closed");
}

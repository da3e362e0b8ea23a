import type { Catalogue } from "../catalogue/catalogue.ts";
import type { TokenIssuer } from "./token-issuer.ts";

/** A store's own version stamp of one key: Consul's ModifyIndex, etcd's mod_revision, ZooKeeper's mzxid. */
export type Revision = string & { readonly __brand: "Revision" };

export interface KvEntry {
  readonly key: string;
  readonly value: string;
  readonly revision: Revision;
  /** Id of the session that holds it as a lock; undefined: nobody. */
  readonly session?: string | undefined;
  /** How often it was acquired; 0 for what never was. Rises by one with each new holder. */
  readonly lockIndex: number;
}

export type KvWrite =
  /** `expected`: undefined writes whatever is there; "absent" only where the key is not there yet. */
  | {
      readonly kind: "put";
      readonly key: string;
      readonly value: string;
      readonly expected?: Revision | "absent" | undefined;
    }
  /** Where the key is already gone, its expectation holds. */
  | { readonly kind: "delete"; readonly key: string; readonly expected?: Revision | undefined }
  /** Everything whose key begins with this text. End it with "/" to mean a tree. */
  | { readonly kind: "deleteTree"; readonly prefix: string }
  /**
   * Takes the key as a lock and puts the value, in one. Expects that nobody else holds it and that the
   * session lives. Write such a key in no other way: a `put` may start its lockIndex again.
   */
  | {
      readonly kind: "acquire";
      readonly key: string;
      readonly value: string;
      readonly session: string;
    }
  /** Expects that the session holds the key. It stays, with its lockIndex, and its value becomes empty. */
  | { readonly kind: "release"; readonly key: string; readonly session: string }
  /** Writes nothing. Expects that the session holds the key. */
  | { readonly kind: "checkSession"; readonly key: string; readonly session: string };

export type TransactOutcome =
  | { readonly kind: "written" }
  /** Nothing of the group was written. The keys whose expectation did not hold, sorted. */
  | { readonly kind: "conflict"; readonly keys: readonly string[] };

export interface SessionOptions {
  /** For people who look at the store's sessions. */
  readonly name: string;
  /** The store may refuse what it finds too short; Consul's least is 10. */
  readonly ttlSeconds: number;
}

/**
 * Holds locks for as long as it is renewed. The store ends it at the earliest `ttlSeconds` after the last
 * renewal that it has answered, and at the latest twice that time after it; then its locks are free, with
 * their values as they were.
 */
export interface KvSession {
  readonly id: string;

  /** false: it has ended, and nothing brings it back. */
  renew(signal?: AbortSignal): Promise<boolean>;

  /** Frees its locks at once. Ending it again does nothing. */
  end(signal?: AbortSignal): Promise<void>;
}

export interface ChangeWait {
  /** What the caller has seen of the key; undefined: that it was not there. */
  readonly after: Revision | undefined;
  readonly timeoutMilliseconds: number;
}

/**
 * What Axon needs from a key-value store, and nothing more. Adapters turn failures into AxonError
 * (STORE_UNREACHABLE, STORE_REFUSED); an aborted call rejects with the signal's reason. Values are text of
 * at most 512 KB; keys are `[a-zA-Z0-9,_./\-?&=]+` with no leading or double slash and no `.` or `..`
 * between slashes; others are refused before anything is sent. A read sees every write that was answered
 * before it began, whoever wrote.
 */
export interface KvStore {
  /** For readers: `consul://127.0.0.1:8500`. Never holds a credential. */
  readonly description: string;

  get(key: string, signal?: AbortSignal): Promise<KvEntry | undefined>;

  /** Entries whose key begins with `prefix`, at any depth, sorted by key; empty when there are none. */
  list(prefix: string, signal?: AbortSignal): Promise<readonly KvEntry[]>;

  /** As `list`, without what is in them. */
  listKeys(prefix: string, signal?: AbortSignal): Promise<readonly string[]>;

  /**
   * Answers as soon as the key is not as it was seen: written, deleted, or its lock taken or freed. At the
   * end of the time, answers what is there then, changed or not. The store tells; nobody asks again and again.
   */
  waitForChange(key: string, wait: ChangeWait, signal?: AbortSignal): Promise<KvEntry | undefined>;

  openSession(options: SessionOptions, signal?: AbortSignal): Promise<KvSession>;

  /**
   * All or nothing, as long as there are at most 64 writes of 360 KB in all, each to another key
   * (that of a checkSession does not count). More are sent in order, in groups that fit; the first conflict ends it, and the groups before it stay written.
   * Where a store cannot delete a large tree at once and nothing else is written with it, it goes in parts, each
   * under the checks, and what those are about goes last.
   */
  transact(writes: readonly KvWrite[], signal?: AbortSignal): Promise<TransactOutcome>;

  /** For stores that know of services by themselves. */
  readonly catalogue?: Catalogue | undefined;
  /** Present: the store can tell who asks, and give out tokens. */
  readonly tokens?: TokenIssuer | undefined;

  close(): Promise<void>;
}

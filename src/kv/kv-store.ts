/** A store's own version stamp of one key: Consul's ModifyIndex, etcd's mod_revision, ZooKeeper's mzxid. */
export type Revision = string & { readonly __brand: "Revision" };

export interface KvEntry {
  readonly key: string;
  readonly value: string;
  readonly revision: Revision;
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
  | { readonly kind: "deleteTree"; readonly prefix: string };

export type TransactOutcome =
  | { readonly kind: "written" }
  /** Nothing of the group was written. The keys whose expectation did not hold, sorted. */
  | { readonly kind: "conflict"; readonly keys: readonly string[] };

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

  /**
   * All or nothing, as long as there are at most 64 writes of 360 KB in all, each to another key. More are
   * sent in order, in groups that fit; the first conflict ends it, and the groups before it stay written.
   */
  transact(writes: readonly KvWrite[], signal?: AbortSignal): Promise<TransactOutcome>;

  close(): Promise<void>;
}

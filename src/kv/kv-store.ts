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
  | { readonly kind: "delete"; readonly key: string; readonly expected?: Revision | undefined }
  /** Everything whose key begins with this text. End it with "/" to mean a tree. */
  | { readonly kind: "deleteTree"; readonly prefix: string };

export type TransactOutcome =
  | { readonly kind: "written" }
  /** Nothing was written. The keys whose expectation did not hold, sorted. */
  | { readonly kind: "conflict"; readonly keys: readonly string[] };

/**
 * What Axon needs from a key-value store, and nothing more. Adapters turn failures into AxonError
 * (STORE_UNREACHABLE, STORE_REFUSED). Values are text of at most 512 KB, keys `[a-zA-Z0-9,_./\-?&=]+`.
 */
export interface KvStore {
  /** For readers: `consul://127.0.0.1:8500`. Never holds a credential. */
  readonly description: string;

  get(key: string, signal?: AbortSignal): Promise<KvEntry | undefined>;

  /** Entries whose key begins with `prefix`, at any depth, sorted by key; empty when there are none. */
  list(prefix: string, signal?: AbortSignal): Promise<readonly KvEntry[]>;

  /** All or nothing, as long as there are at most 64 writes; more are sent in order, in groups of 64. */
  transact(writes: readonly KvWrite[], signal?: AbortSignal): Promise<TransactOutcome>;

  close(): Promise<void>;
}

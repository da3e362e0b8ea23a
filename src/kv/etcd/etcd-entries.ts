import type { KvEntry, Revision } from "../kv-store.ts";
import type { EtcdClient } from "./etcd-client.ts";
import { besideRange, holderKey, indexKey, isBeside, prefixRange, toBytes } from "./etcd-keys.ts";
import { type KeyValue, RANGE, type RequestOp, TXN, type TxnResponse } from "./etcd-messages.ts";

/** What is there of one key and of those beside it, at one moment. A revision of 0: it is not there. */
export interface KeyState {
  readonly entry: KvEntry | undefined;
  readonly modRevision: string;
  readonly holderRevision: string;
  readonly indexRevision: string;
  /** Also of a key that is not there, when somebody has deleted it by other means. */
  readonly lockIndex: number;
}

/** What reads one key; `statesIn` reads the answers. */
export function readsOf(key: string): readonly RequestOp[] {
  return [{ requestRange: { key: Buffer.from(key) } }, { requestRange: toBytes(besideRange(key)) }];
}

/** Of keys that were read by `readsOf`, in this order. */
export function statesIn(
  { responses }: TxnResponse,
  keys: readonly string[],
): Map<string, KeyState> {
  const kvsAt = (index: number) => responses[index]?.responseRange?.kvs ?? [];
  return new Map(
    keys.map((key, index) => [key, stateOf(key, [...kvsAt(2 * index), ...kvsAt(2 * index + 1)])]),
  );
}

export async function readKey(
  client: EtcdClient,
  key: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly entry: KvEntry | undefined; readonly storeRevision: string }> {
  const request = { success: readsOf(key) };
  const answer = await client.call(TXN, request, { signal, isRead: true });
  const entry = statesIn(answer, [key]).get(key)?.entry;
  return { entry, storeRevision: answer.header.revision };
}

export async function readTree(
  client: EtcdClient,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<readonly KvEntry[]> {
  const request = toBytes(prefixRange(prefix));
  const { kvs } = await client.call(RANGE, request, { signal, isRead: true });
  const named = byKey(kvs);
  return [...named.keys()]
    .filter((key) => !isBeside(key))
    .flatMap((key) => stateIn(named, key).entry ?? []);
}

export async function readKeys(
  client: EtcdClient,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const request = { ...toBytes(prefixRange(prefix)), keysOnly: true };
  const { kvs } = await client.call(RANGE, request, { signal, isRead: true });
  return [...byKey(kvs).keys()].filter((key) => !isBeside(key));
}

function byKey(kvs: readonly KeyValue[]): Map<string, KeyValue> {
  return new Map(kvs.map((kv) => [textOf(kv.key), kv]));
}

function stateOf(key: string, kvs: readonly KeyValue[]): KeyState {
  return stateIn(byKey(kvs), key);
}

function stateIn(named: ReadonlyMap<string, KeyValue>, key: string): KeyState {
  const [own, holder, index] = [key, holderKey(key), indexKey(key)].map((name) => named.get(name));
  const lockIndex = index ? Number(textOf(index.value)) : 0;
  return {
    entry: own && toEntry(key, { own, holder, lockIndex }),
    lockIndex,
    modRevision: own?.modRevision ?? "0",
    holderRevision: holder?.modRevision ?? "0",
    indexRevision: index?.modRevision ?? "0",
  };
}

interface Parts {
  readonly own: KeyValue;
  readonly holder: KeyValue | undefined;
  readonly lockIndex: number;
}

/** A lock that is lost leaves the key as it was, and is a change of it all the same. */
function toEntry(key: string, { own, holder, lockIndex }: Parts): KvEntry {
  const revision = holder ? `${own.modRevision}/${holder.modRevision}` : own.modRevision;
  return {
    key,
    value: textOf(own.value),
    revision: revision as Revision,
    session: holder && textOf(holder.value),
    lockIndex,
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

import type { IncomingMessage } from "node:http";
import { keyOf } from "../kv-limits.ts";
import type { KvEntry, KvWrite, Revision, TransactOutcome } from "../kv-store.ts";
import type { ConsulClient } from "./consul-client.ts";
import { acceptStatus, accessRefused, notConsul } from "./consul-errors.ts";
import { casIndex } from "./consul-transaction.ts";

interface ConsulItem {
  readonly Key: string;
  readonly Value: string | null;
  readonly ModifyIndex: number;
  readonly LockIndex: number;
  readonly Session?: string;
}

/** `consistent`: what another deployer has written is seen, whichever server answers. */
export async function readEntries(
  client: ConsulClient,
  query: { readonly key: string; readonly recurse?: boolean },
  signal: AbortSignal | undefined,
): Promise<readonly KvEntry[]> {
  const request = { ...query, consistent: true };
  const { response, body } = await client.call(
    ({ kv }, options) => kv.get({ ...request, ...options }),
    { signal },
  );
  checkComplete(response, client.description);
  return entriesOf(body);
}

export async function readKeys(
  client: ConsulClient,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const request = { key: prefix, consistent: true };
  const { response, body } = await client.call(
    ({ kv }, options) => kv.keys({ ...request, ...options }).catch(acceptStatus(404)),
    { signal },
  );
  checkComplete(response, client.description);
  return Array.isArray(body) ? body : [];
}

/** What can be written without a transaction. */
export type PlainWrite = Extract<KvWrite, { kind: "put" | "delete" | "deleteTree" }>;

export function isPlainWrite(write: KvWrite): write is PlainWrite {
  return write.kind === "put" || write.kind === "delete" || write.kind === "deleteTree";
}

/**
 * Apart from transactions, whose requests Consul limits so that a value of 512 KB would not fit.
 */
export async function writeEntry(
  client: ConsulClient,
  write: PlainWrite,
  signal: AbortSignal | undefined,
): Promise<TransactOutcome> {
  const { body } = await client.call(
    ({ kv }, options) => {
      if (write.kind === "deleteTree")
        return kv.del({ key: write.prefix, recurse: true, ...options } as object);
      const { key, expected } = write;
      const request = { key, ...(expected && { cas: casIndex(expected) }), ...options };
      return write.kind === "put" ? kv.set({ ...request, value: write.value }) : kv.del(request);
    },
    { signal },
  );
  if (typeof body !== "boolean") throw notConsul(client.description);
  return body ? { kind: "written" } : { kind: "conflict", keys: [keyOf(write)] };
}

/** The library answers "nothing there" for a web server of any kind and for keys that the token hides. */
export function checkComplete({ headers }: IncomingMessage, store: string): void {
  if (headers["x-consul-index"] === undefined) throw notConsul(store);
  if (headers["x-consul-results-filtered-by-acls"] === "true") {
    throw accessRefused(store, "some keys are hidden from this token");
  }
}

/** Of one key, of many, or of nothing. */
export function entriesOf(body: unknown): readonly KvEntry[] {
  if (body === undefined) return [];
  return (Array.isArray(body) ? body : [body]).map(toEntry);
}

function toEntry({ Key, Value, ModifyIndex, LockIndex, Session }: ConsulItem): KvEntry {
  const revision = String(ModifyIndex) as Revision;
  return { key: Key, value: Value ?? "", revision, session: Session, lockIndex: LockIndex };
}

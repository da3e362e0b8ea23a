import { AxonError } from "../errors.ts";
import type { KvWrite } from "./kv-store.ts";

const MAX_VALUE_BYTES = 512 * 1024;
export const MAX_TRANSACTION_WRITES = 64;
/** Of keys and values together, so that the request fits into Consul's 512 KB when it is in base64. */
export const MAX_TRANSACTION_BYTES = 360 * 1024;

/** What a write takes up in a request besides its key and value: verb, index, punctuation. */
const WRITE_OVERHEAD_BYTES = 128;
const KEY = /^[a-zA-Z0-9,_./\-?&=]+$/;
/** Web servers, Consul's too, tidy such a path up and would answer for another key. */
const UNTIDY_PATH = /^\/|\/\/|(^|\/)\.\.?(\/|$)/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Throws STORE_REFUSED, before anything is sent, when a store could not keep what is to be written. */
export function checkWrites(writes: readonly KvWrite[]): void {
  for (const write of writes) {
    checkKey(keyOf(write));
    if ("value" in write) checkValue(write.key, write.value);
  }
}

export function checkKey(key: string): void {
  if (KEY.test(key) && !UNTIDY_PATH.test(key)) return;
  throw new AxonError("STORE_REFUSED", `key ${JSON.stringify(key)} cannot be kept in a store`, {
    hint: "Use letters, digits and , _ . / - ? & = only, without a leading or a double slash",
  });
}

/** As for a key; empty means everything. */
export function checkPrefix(prefix: string): void {
  if (prefix !== "") checkKey(prefix);
}

/**
 * Cuts the writes, in order, into the groups that a store can take as one transaction. A value that is
 * too large to share a transaction stands alone. Each group begins with `guard`, where there is one.
 */
export function groupWrites(
  writes: readonly KvWrite[],
  guard: readonly KvWrite[] = [],
): readonly (readonly KvWrite[])[] {
  const groups: KvWrite[][] = [];
  let bytes = 0;
  for (const write of writes) {
    const size = sizeOf(write);
    const last = groups.at(-1);
    if (last && last.length < MAX_TRANSACTION_WRITES && bytes + size <= MAX_TRANSACTION_BYTES) {
      last.push(write);
      bytes += size;
    } else {
      groups.push([...guard, write]);
      bytes = sizeOfAll(guard) + size;
    }
  }
  return groups;
}

/** Whether a store takes them as one transaction. */
export function fitTogether(writes: readonly KvWrite[]): boolean {
  return writes.length <= MAX_TRANSACTION_WRITES && sizeOfAll(writes) <= MAX_TRANSACTION_BYTES;
}

export function keyOf(write: KvWrite): string {
  return write.kind === "deleteTree" ? write.prefix : write.key;
}

function checkValue(key: string, value: string): void {
  const bytes = Buffer.byteLength(value);
  if (bytes > MAX_VALUE_BYTES) {
    const problem = `value of key ${key} has ${bytes} bytes, ${MAX_VALUE_BYTES} at most fit`;
    throw new AxonError("STORE_REFUSED", problem);
  }
  if (LONE_SURROGATE.test(value)) {
    throw new AxonError("STORE_REFUSED", `value of key ${key} is not valid Unicode text`);
  }
}

function sizeOfAll(writes: readonly KvWrite[]): number {
  return writes.reduce((sum, write) => sum + sizeOf(write), 0);
}

function sizeOf(write: KvWrite): number {
  const value = "value" in write ? Buffer.byteLength(write.value) : 0;
  return WRITE_OVERHEAD_BYTES + keyOf(write).length + value;
}

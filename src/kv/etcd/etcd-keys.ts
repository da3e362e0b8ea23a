/**
 * etcd deletes a key with the lease that it has, and a lock must outlive its session, with its value and its
 * number. So the key itself has no lease: who holds it is said by a key beside it that has, and how often it
 * was acquired by another one. No key of the port can be called so: a colon is none of its letters.
 */
const HOLDER = ":axon-holder";
const INDEX = ":axon-index";

/** Says in which session the key is held; goes with that session. */
export function holderKey(key: string): string {
  return key + HOLDER;
}

/** Says how often the key was acquired. */
export function indexKey(key: string): string {
  return key + INDEX;
}

export function isBeside(key: string): boolean {
  return key.endsWith(HOLDER) || key.endsWith(INDEX);
}

/** From the first to before the second. */
export type KeyRange = readonly [from: string, to: string];

/** Both keys beside one; nothing that is below it. */
export function besideRange(key: string): KeyRange {
  return [`${key}:`, `${key};`];
}

/** Every key that begins so; for nothing, every key. */
export function prefixRange(prefix: string): KeyRange {
  if (prefix === "") return ["\0", "\0"];
  const last = prefix.length - 1;
  return [prefix, prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1)];
}

export function toBytes([from, to]: KeyRange) {
  return { key: Buffer.from(from), rangeEnd: Buffer.from(to) };
}

import { keyOf } from "../../kv-limits.ts";
import type { KvWrite } from "../../kv-store.ts";

/**
 * What a deletion that is too large for one request can do before it: two halves of the keys that it removes, each under
 * its checks. What the checks are about is left to the deletion itself. Empty: it has to be done at once.
 */
export function halvesOf(
  writes: readonly KvWrite[],
  removed: readonly string[],
): readonly (readonly KvWrite[])[] {
  const checks = writes.filter(({ kind }) => kind === "checkSession");
  const checked = checks.map(keyOf);
  const keys = removed.filter((key) => !checked.includes(key));
  if (!writes.every(isOfDeletion) || keys.length < 2) return [];
  const middle = Math.ceil(keys.length / 2);
  const halves = [keys.slice(0, middle), keys.slice(middle)];
  return halves.map((half) => [
    ...checks,
    ...half.map((key): KvWrite => ({ kind: "delete", key })),
  ]);
}

/** Nobody minds seeing half of it done: it expects nothing but its lock. */
function isOfDeletion(write: KvWrite): boolean {
  if (write.kind === "delete") return write.expected === undefined;
  return write.kind === "deleteTree" || write.kind === "checkSession";
}

import type { Delta } from "../fields/field.ts";
import { looksSecret, reveal, type Text } from "../secret.ts";

/** How one value of a key differs; undefined when it does not. A secret is told as changed only. */
export function textDelta(
  path: string,
  before: Text | undefined,
  after: Text | undefined,
): Delta | undefined {
  const [old, wanted] = [before, after].map((text) => text && reveal(text));
  if (old === wanted) return undefined;
  const isPlain = [before, after].every((text) => text === undefined || typeof text === "string");
  if (!isPlain || looksSecret(path)) {
    const hidden = { path, before: undefined, after: undefined, sensitive: true };
    if (old !== undefined && wanted !== undefined) return hidden;
    return { ...hidden, note: old === undefined ? "added" : "removed" };
  }
  return { path, before: old, after: wanted };
}

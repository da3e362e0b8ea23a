import type { AttributeValue, Delta } from "./field.ts";

/** The difference of one attribute: none or one. The order of a list counts. */
export function deltaOf(
  path: string,
  before: AttributeValue | undefined,
  after: AttributeValue | undefined,
): readonly Delta[] {
  return sameValue(before, after) ? [] : [{ path, before, after }];
}

export function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** All keys of both, each once, sorted. */
export function sortedKeys(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>) {
  return [...new Set([...a.keys(), ...b.keys()])].sort();
}

function sameValue(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  return typeof a === "object" && typeof b === "object" ? sameList(a, b) : a === b;
}

import { looksSecret, reveal, Secret, type Text } from "../secret.ts";
import type { AttributeValue, Delta } from "./field.ts";

/** The difference of one attribute: none or one. The order of a list counts. */
export function deltaOf(
  path: string,
  before: AttributeValue | undefined,
  after: AttributeValue | undefined,
): readonly Delta[] {
  return sameValue(before, after) ? [] : [{ path, before, after }];
}

/** Each name by itself. What looks secret is not shown. */
export function recordDeltas(
  path: string,
  before: Readonly<Record<string, Text>>,
  after: Readonly<Record<string, Text>>,
): readonly Delta[] {
  if (before === after) return [];
  const [old, wanted] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return sortedKeys(old, wanted).flatMap((name) =>
    textDelta(`${path}.${name}`, looksSecret(name), [old.get(name), wanted.get(name)]),
  );
}

type MaybeText = Text | undefined;

function textDelta(
  path: string,
  isSecret: boolean,
  [before, after]: readonly [MaybeText, MaybeText],
): readonly Delta[] {
  if (sameText(before, after)) return [];
  if (!isSecret && isPlain(before) && isPlain(after)) return [{ path, before, after }];
  const hidden = { path, before: undefined, after: undefined, sensitive: true };
  if (before !== undefined && after !== undefined) return [hidden];
  return [{ ...hidden, note: before === undefined ? "added" : "removed" }];
}

function sameText(a: MaybeText, b: MaybeText): boolean {
  return a !== undefined && b !== undefined ? reveal(a) === reveal(b) : a === b;
}

function isPlain(text: MaybeText): text is string | undefined {
  return !(text instanceof Secret);
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

import type { Node } from "./node.ts";

/** What is written into a Servicefile. Maps keep their order, and may have any key. */
export type Out = string | number | boolean | null | readonly Out[] | OutMap;
export type OutMap = ReadonlyMap<string, Out>;

/** As it is written, with numbers and switches as such. */
export function kept(node: Node): Out {
  if (node.kind === "list") return node.items.map(kept);
  if (node.kind === "map")
    return mapOf([...node.entries].map(([key, value]) => [key, kept(value)]));
  const { value, written } = node;
  const isWritten = typeof value === "string" || (value !== null && String(value) !== written);
  return isWritten ? written : value;
}

/** Without the entries that have no value. */
export function mapOf(entries: readonly (readonly [string, Out | undefined])[]): OutMap {
  const given = entries.filter((entry): entry is [string, Out] => entry[1] !== undefined);
  return new Map(given);
}

/** A text that stands for itself, and refers to no variable. */
export function literal(text: string): string {
  return /\$[{$]/.test(text) ? text.replaceAll("$", "$$$$") : text;
}

export function isMap(out: Out | undefined): out is OutMap {
  return out instanceof Map;
}

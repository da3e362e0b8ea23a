import type { Tree } from "./tree.ts";

/** Plain values for the schema. Maps have no prototype: a key may be called `__proto__`. */
export function toPlain(tree: Tree): unknown {
  if (tree.kind === "scalar") return tree.value;
  if (tree.kind === "list") return tree.items.map(toPlain);
  const plain: Record<string, unknown> = Object.create(null);
  for (const [key, value] of tree.entries) plain[key] = toPlain(value);
  return plain;
}

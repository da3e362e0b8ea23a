import type { ShownTree } from "./shown-tree.ts";

/** Plain values; with origins, each is `{value, origin}`. */
export function configAsJson(tree: ShownTree, withOrigins: boolean): unknown {
  if (tree.kind === "scalar")
    return withOrigins ? { value: tree.value, origin: tree.origin } : tree.value;
  if (tree.kind === "list") return tree.items.map((item) => configAsJson(item, withOrigins));
  const entries = tree.entries.map(
    ([key, value]) => [key, configAsJson(value, withOrigins)] as const,
  );
  return Object.fromEntries(entries);
}

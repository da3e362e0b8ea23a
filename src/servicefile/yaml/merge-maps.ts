import type { Path, Tree } from "./tree.ts";

/** What a map says itself wins over what it merges; of two that it merges, the earlier one. */
export function withMerged(
  own: Map<string, Tree>,
  merged: readonly Tree[],
): ReadonlyMap<string, Tree> {
  for (const tree of merged) {
    if (tree.kind !== "map") continue;
    for (const [key, value] of tree.entries) if (!own.has(key)) own.set(key, value);
  }
  return own;
}

/** A map inside of `<<: [*a, *b]` was built below a list that the merged file does not have. */
export function moved(tree: Tree, path: Path): Tree {
  return tree.path.length === path.length
    ? tree
    : rebase(tree, { from: tree.path.length, to: path });
}

function rebase(tree: Tree, move: { from: number; to: Path }): Tree {
  const path = [...move.to, ...tree.path.slice(move.from)];
  if (tree.kind === "scalar") return { ...tree, path };
  if (tree.kind === "list") {
    return { ...tree, path, items: tree.items.map((item) => rebase(item, move)) };
  }
  const entries = new Map([...tree.entries].map(([key, value]) => [key, rebase(value, move)]));
  return { ...tree, path, entries };
}

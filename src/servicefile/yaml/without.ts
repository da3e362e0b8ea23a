import type { Path, Tree } from "./tree.ts";

/** The tree without the given parts. What stays keeps its path, also in lists. */
export function without(tree: Tree, paths: readonly Path[]): Tree {
  const gone = new Set(paths.map(keyOf));
  return gone.size === 0 ? tree : thinned(tree, (part) => !gone.has(keyOf(part.path)));
}

function thinned(tree: Tree, stays: (part: Tree) => boolean): Tree {
  if (tree.kind === "scalar") return tree;
  if (tree.kind === "list") {
    return { ...tree, items: tree.items.filter(stays).map((item) => thinned(item, stays)) };
  }
  const entries = [...tree.entries].filter(([, value]) => stays(value));
  return { ...tree, entries: new Map(entries.map(([key, value]) => [key, thinned(value, stays)])) };
}

function keyOf(path: Path): string {
  return JSON.stringify(path);
}

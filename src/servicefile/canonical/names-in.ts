import { itemsOf, type Path, type Tree, textOf } from "../yaml/tree.ts";

export interface NamePlace {
  readonly name: string;
  readonly path: Path;
}

/** The names in a list, or in text like "a, b". */
export function namesIn(tree: Tree | undefined): readonly NamePlace[] {
  const text = textOf(tree);
  if (tree === undefined || text === undefined) {
    return itemsOf(tree).map((item) => ({ name: textOf(item) ?? "", path: item.path }));
  }
  return text.split(",").map((part) => ({ name: part.trim(), path: tree.path }));
}

import { itemsOf, type Tree, textOf } from "../yaml/tree.ts";

/** The texts of a list; one alone may stand without it. */
export function wordsIn(tree: Tree | undefined): readonly string[] {
  const alone = textOf(tree);
  return alone === undefined ? itemsOf(tree).map((item) => textOf(item) ?? "") : [alone];
}

/** Where the order does not count. */
export function sortedWords(tree: Tree | undefined): readonly string[] {
  return [...new Set(wordsIn(tree))].sort();
}

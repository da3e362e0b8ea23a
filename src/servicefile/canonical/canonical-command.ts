import type { Report } from "../problems/problem.ts";
import { type Tree, textOf } from "../yaml/tree.ts";
import { shellWords } from "./shell-words.ts";

type Words = readonly string[] | undefined;

/** Text goes to the shell; a list is taken as it is. */
export function canonicalCommand(tree: Tree | undefined): Words {
  const text = textOf(tree);
  return text === undefined ? wordsOf(tree) : ["/bin/sh", "-c", text];
}

/** Text is split into words, because an entrypoint gets the command as its arguments. */
export function canonicalEntrypoint(tree: Tree | undefined, report: Report): Words {
  const text = textOf(tree);
  if (tree === undefined || text === undefined) return wordsOf(tree);
  const words = shellWords(text);
  if (words && words.length > 0) return words;
  const says = words ? "is empty" : "has a quote or a backslash that is not closed";
  report({ path: tree.path, says, hint: "write the words as a list" });
  return undefined;
}

function wordsOf(tree: Tree | undefined): Words {
  return tree?.kind === "list" ? tree.items.map((item) => textOf(item) ?? "") : undefined;
}

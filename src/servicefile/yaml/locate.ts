import { SERVICE_KEYS } from "../service-keys.ts";
import { itemAt, type Path, type Tree } from "./tree.ts";

/** Ours first. */
export const SPELLINGS: readonly (readonly [string, string])[] = [
  ["Exec", "Run"],
  ...Object.entries(SERVICE_KEYS).flatMap(([key, row]): [string, string][] =>
    typeof row === "object" && "sameAs" in row ? [[row.sameAs, key]] : [],
  ),
];

/** The key of these entries that means the same; the key itself where there is none. */
export function spellingIn(entries: ReadonlyMap<string, Tree>, key: string): string {
  if (entries.has(key)) return key;
  const same = SPELLINGS.find((spellings) => spellings.includes(key)) ?? [];
  return same.find((other) => entries.has(other)) ?? key;
}

/** The deepest part of the path that the file has. */
export function locate(tree: Tree, path: Path): Tree {
  let found = tree;
  for (const part of path) {
    const next = stepInto(found, part);
    if (next === undefined) break;
    found = next;
  }
  return found;
}

function stepInto(tree: Tree, part: string | number): Tree | undefined {
  if (tree.kind === "map") {
    return tree.entries.get(spellingIn(tree.entries, String(part)));
  }
  if (tree.kind !== "list") return undefined;
  return typeof part === "number"
    ? itemAt(tree, part)
    : tree.items.find((item) => isCalled(item, part));
}

/** By what the item says: "db" finds `- db`, and "A" finds `- A=1`. */
function isCalled(item: Tree, name: string): boolean {
  return item.kind === "scalar" && (item.text === name || item.text.startsWith(`${name}=`));
}

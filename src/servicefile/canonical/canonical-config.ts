import type { Text } from "../../secret.ts";
import type { Report } from "../problems/problem.ts";
import { entriesOf, type Tree } from "../yaml/tree.ts";
import { recordOf } from "./record-of.ts";
import { textIn } from "./text-in.ts";

/** `{db: {host: x}}` is the key `db/host`. */
export function canonicalConfig(
  tree: Tree | undefined,
  report: Report,
): Readonly<Record<string, Text>> {
  const config = new Map<string, Text>();
  for (const { key, value } of leaves(tree, [])) {
    checkKey(key, value, report);
    if (config.has(key)) report({ path: value.path, says: `gives the key "${key}" a second time` });
    config.set(key, textIn(key, value));
  }
  return recordOf(config);
}

interface Leaf {
  readonly key: string;
  readonly value: Tree;
}

function leaves(tree: Tree | undefined, above: readonly string[]): readonly Leaf[] {
  return entriesOf(tree).flatMap(([name, value]) => {
    const parts = [...above, name];
    return value.kind === "map" ? leaves(value, parts) : [{ key: parts.join("/"), value }];
  });
}

/** What a store accepts in a key, and nothing that a URL would resolve away. */
function checkKey(key: string, { path }: Tree, report: Report): void {
  const wrong = /[^a-zA-Z0-9,_.\-?&=/]/u.exec(key)?.[0];
  const isGap = key.split("/").some((part) => part === "" || part === "." || part === "..");
  if (wrong === undefined && !isGap) return;
  const says = wrong ? `has ${JSON.stringify(wrong)} in its key` : "has an empty part in its key";
  report({ path, says, hint: "use letters, digits and , _ . - ? & = with / between the parts" });
}

import { childOf, itemsOf, type Tree, textOf } from "../yaml/tree.ts";

/** `{default: {aliases: [db]}}`: more names on the deployment's own network. */
export function canonicalAliases(networks: Tree | undefined): readonly string[] {
  const written = itemsOf(childOf(childOf(networks, "default"), "aliases"));
  return [...new Set(written.map((item) => textOf(item) ?? ""))].sort();
}

import { Document, isScalar, type Node } from "yaml";
import type { ShownTree } from "./shown-tree.ts";

/** `withOrigins`: each value with a comment that says where it came from. */
export function configAsYaml(tree: ShownTree, withOrigins: boolean): string {
  const document = new Document(configAsPlain(tree));
  if (withOrigins) comment(document.contents, tree);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

export function configAsPlain(tree: ShownTree): unknown {
  if (tree.kind === "scalar") return tree.value;
  if (tree.kind === "list") return tree.items.map(configAsPlain);
  return new Map(tree.entries.map(([key, value]) => [key, configAsPlain(value)]));
}

function comment(node: Node | null, tree: ShownTree): void {
  if (tree.kind === "scalar") {
    if (isScalar(node)) node.comment = ` ${tree.origin}`;
    return;
  }
  const items = (node as { items: readonly { value?: Node }[] }).items;
  const children = tree.kind === "list" ? tree.items : tree.entries.map(([, value]) => value);
  children.forEach((child, index) => {
    const item = items[index];
    comment((tree.kind === "list" ? item : item?.value) as Node | null, child);
  });
}

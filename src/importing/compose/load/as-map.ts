import { entriesOf, itemsOf, type MapNode, type Node, type ScalarNode } from "../../node.ts";

/** `[A=1, B]` as `{A: 1, B: null}`: what may be written as a list or as a map. */
export function pairsAsMap(node: Node, separator: RegExp = /=/): MapNode {
  if (node.kind === "map") return node;
  const entries = itemsOf(node).flatMap((item) =>
    item.kind === "scalar" ? [pair(item, separator)] : [],
  );
  return { ...place(node), kind: "map", entries: new Map(entries) };
}

/** `[db]` as `{db: {...}}`, each with the same body. */
export function namesAsMap(node: Node, body: (item: Node) => Node): MapNode {
  if (node.kind === "map") return node;
  const entries = itemsOf(node).flatMap((item) =>
    item.kind === "scalar" ? [[item.text, body(item)] as const] : [],
  );
  return { ...place(node), kind: "map", entries: new Map(entries) };
}

export function nullAt(node: Node): ScalarNode {
  return { ...place(node), kind: "scalar", value: null, text: "", written: "" };
}

export function textAt(node: Node, text: string): ScalarNode {
  return { ...place(node), kind: "scalar", value: text, text, written: text };
}

function place({ at, directory }: Node) {
  return { at, directory };
}

function pair(item: ScalarNode, separator: RegExp): readonly [string, ScalarNode] {
  const split = (text: string) => {
    const found = separator.exec(text);
    return found && ([text.slice(0, found.index), text.slice(found.index + 1)] as const);
  };
  const [name, text] = split(item.text) ?? [];
  const [, written] = split(item.written) ?? [];
  if (name === undefined || text === undefined) return [item.text, nullAt(item)];
  const value = /^(0|[1-9]\d{0,9})$/.test(text) ? Number(text) : text;
  return [name, { ...item, value, text, written: written ?? text }];
}

export function withEntries(node: MapNode, entries: Iterable<readonly [string, Node]>): MapNode {
  return { ...node, entries: new Map(entries) };
}

export function without(node: MapNode, key: string): MapNode {
  return withEntries(
    node,
    entriesOf(node).filter(([name]) => name !== key),
  );
}

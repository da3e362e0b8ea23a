import { own } from "../../own.ts";
import { type Shape, TRAEFIK_SECTIONS, TRAEFIK_SHAPE } from "./shape.ts";

/** Why Traefik would take nothing at all of what is below its root. */
export interface Poison {
  readonly key: string;
  /** The rest of a sentence that begins with the key. */
  readonly says: string;
}

export type Decoded =
  | string
  | number
  | boolean
  | readonly Decoded[]
  | { readonly [name: string]: Decoded };

export interface Decoding {
  /** As Traefik would have it; field names in lower case. Worth nothing when there is poison. */
  readonly config: Decoded;
  readonly poison: readonly Poison[];
}

/**
 * What Traefik's key-value provider makes of its keys, by the rules of its parser: only what begins with the name
 * of a section is looked at; fields and names are compared without case; the last part of a key that is a number
 * is a place in a list of texts, and places are ordered as text, put together with commas and taken apart
 * at each comma; the items of other lists may have any name. One key that does not fit spoils all.
 */
export function decodeTraefik(
  entries: Readonly<Record<string, string>>,
  root = "traefik",
): Decoding {
  const found: Node = { name: root, key: root, value: "", children: [] };
  for (const [key, value] of withLists(entries, root)) {
    insert(
      found,
      key
        .slice(root.length + 1)
        .replace(/\/$/, "")
        .split("/"),
      { key, value },
    );
  }
  const poison: Poison[] = [];
  const config = found.children.length === 0 ? {} : decode(found, TRAEFIK_SHAPE, poison);
  return { config, poison };
}

/** One sentence for each. */
export function faultsIn(entries: Readonly<Record<string, string>>): readonly string[] {
  return decodeTraefik(entries).poison.map(({ key, says }) => `${key} ${says}`);
}

interface Node {
  readonly name: string;
  /** The first key that leads here. */
  readonly key: string;
  value: string;
  readonly children: Node[];
}

type Pair = readonly [key: string, value: string];

/** Keys whose last part is a number become one, with commas. */
function withLists(entries: Readonly<Record<string, string>>, root: string): readonly Pair[] {
  const looked = Object.keys(entries).filter((key) => isLookedAt(key, root));
  const pairs = new Map<string, string>();
  const lists = new Map<string, string[]>();
  for (const key of looked.sort(compareBytes)) {
    const [, place] = /^(.+)\/\d+$/s.exec(key) ?? [];
    if (place === undefined) pairs.set(key, entries[key] ?? "");
    else lists.set(place, [...(lists.get(place) ?? []), entries[key] ?? ""]);
  }
  for (const [place, values] of lists) pairs.set(place, values.join(","));
  return [...pairs].sort(([a], [b]) => compareBytes(a, b));
}

function isLookedAt(key: string, root: string): boolean {
  const lower = key.toLowerCase();
  return TRAEFIK_SECTIONS.some((section) => lower.startsWith(`${root}/${section}`));
}

function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function insert(
  node: Node,
  [part, ...rest]: readonly string[],
  leaf: Pick<Node, "key" | "value">,
): void {
  if (part === undefined) {
    node.value = leaf.value;
    return;
  }
  const known = node.children.find(({ name }) => name.toLowerCase() === part.toLowerCase());
  const child = known ?? { name: part, key: leaf.key, value: "", children: [] };
  if (known === undefined) node.children.push(child);
  insert(child, rest, leaf);
}

function decode(node: Node, shape: Shape, poison: Poison[]): Decoded {
  if (shape === "anything") return node.value;
  if (typeof shape === "string") return decodeValue(node, shape, poison);
  switch (shape.kind) {
    case "fields":
      return decodeFields(node, shape, poison);
    case "names":
      if (node.children.length === 0) poison.push(standsAlone(node));
      return record(
        node.children.map((child) => [child.name, decodeItem(child, shape.each, poison)]),
      );
    case "list":
      return node.children.map((child) => decodeItem(child, shape.each, poison));
  }
}

/** The item of a list and what has a name of its own may be empty, where a field may not. */
function decodeItem(node: Node, shape: Shape, poison: Poison[]): Decoded {
  const isEmpty = typeof shape === "object" && node.children.length === 0;
  return isEmpty ? {} : decode(node, shape, poison);
}

function decodeFields(
  node: Node,
  { fields, mayBeEmpty }: Extract<Shape, { kind: "fields" }>,
  poison: Poison[],
): Decoded {
  if (node.children.length === 0 && !mayBeEmpty) poison.push(standsAlone(node));
  const known = node.children.flatMap((child) => {
    const name = child.name.toLowerCase();
    const shape = own(fields, name);
    if (shape === undefined)
      poison.push({ key: child.key, says: `is nothing that Traefik knows: "${child.name}"` });
    return shape === undefined ? [] : [[name, decode(child, shape, poison)] as const];
  });
  return record(known);
}

function standsAlone({ key }: Node): Poison {
  return { key, says: "has nothing below it" };
}

function decodeValue(node: Node, shape: Extract<Shape, string>, poison: Poison[]): Decoded {
  const { key, value, children } = node;
  if (shape === "texts") return value === "" ? [] : value.split(",").map((item) => item.trim());
  const [child] = children;
  if (child !== undefined)
    poison.push({ key: child.key, says: `is below ${node.name}, which is a value` });
  const fits = VALUES[shape];
  if (fits !== undefined && !fits.test(value)) {
    poison.push({ key, says: `must be a ${shape}, and is ${JSON.stringify(value.slice(0, 40))}` });
  }
  return value;
}

/** As Go reads them. */
const VALUES: Readonly<Record<string, RegExp>> = {
  number: /^[+-]?\d+$/,
  boolean: /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/,
  duration: /^[+-]?(\d+|((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+)$/,
};

function record(entries: readonly (readonly [string, Decoded])[]): Decoded {
  return Object.fromEntries(entries);
}

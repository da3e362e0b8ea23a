import type { SourcePosition } from "../errors.ts";

/** A part of a file that is imported, with aliases, merge keys and variables resolved. */
export type Node = ScalarNode | ListNode | MapNode;

interface Placed {
  readonly at: SourcePosition;
  /** The directory from which paths in it are seen, itself seen from that of the Servicefile; "" is the same. */
  readonly directory: string;
  /** `!reset` or `!override`. */
  readonly tag?: string | undefined;
}

export interface ScalarNode extends Placed {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** With the values that variables have now: what decides. */
  readonly text: string;
  /** With variables, as a Servicefile has them: what is written. */
  readonly written: string;
}

export interface ListNode extends Placed {
  readonly kind: "list";
  readonly items: readonly Node[];
}

export interface MapNode extends Placed {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, Node>;
}

export function isNull(node: Node | undefined): boolean {
  return node?.kind === "scalar" && node.value === null;
}

export function scalarOf(node: Node | undefined): ScalarNode | undefined {
  return node?.kind === "scalar" && node.value !== null ? node : undefined;
}

/** The text of a scalar; undefined for null and for everything else. */
export function textOf(node: Node | undefined): string | undefined {
  return scalarOf(node)?.text;
}

export function childOf(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === "map" ? node.entries.get(key) : undefined;
}

export function entriesOf(node: Node | undefined): readonly (readonly [string, Node])[] {
  return node?.kind === "map" ? [...node.entries] : [];
}

/** The items of a list; what is no list is one of itself, and nothing is an empty one. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  if (node === undefined || isNull(node)) return [];
  return node.kind === "list" ? node.items : [node];
}

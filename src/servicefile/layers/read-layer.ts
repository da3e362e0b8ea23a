import type { SourcePosition } from "../../errors.ts";
import { readTree } from "../yaml/read-tree.ts";
import type { MapTree, Tree } from "../yaml/tree.ts";

/** One of the files that a Servicefile is made of. */
export interface Layer {
  readonly tree: MapTree;
  positionAt(offset: number): SourcePosition;
}

export interface LayerSource {
  /** As readers know it. */
  readonly file: string;
  readonly text: string;
  /** From the directory of the Servicefile; undefined: it is the Servicefile. */
  readonly path: string | undefined;
}

export function readLayer({ file, text, path }: LayerSource): Layer {
  const { tree, positionAt } = readTree({ file, text });
  return { tree: path === undefined ? tree : (marked(tree, path) as MapTree), positionAt };
}

/** Each part knows its file, because parts of several files come to stand in one tree. */
function marked(tree: Tree, file: string): Tree {
  if (tree.kind === "scalar") return { ...tree, file };
  if (tree.kind === "list") {
    return { ...tree, file, items: tree.items.map((item) => marked(item, file)) };
  }
  const entries = [...tree.entries].map(([key, value]) => [key, marked(value, file)] as const);
  return { ...tree, file, entries: new Map(entries) };
}

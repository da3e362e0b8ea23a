/** Keys and list indices from the top of the file. */
export type Path = readonly (string | number)[];

/** The file with aliases and merge keys resolved. What stands in a map has the position of its key. */
export type Tree = ScalarTree | ListTree | MapTree;

interface Placed {
  readonly path: Path;
  /** Offset into the text. */
  readonly at: number;
  /** The file that it stands in, from the directory of the Servicefile; absent: that itself. */
  readonly file?: string;
  /** As far as the reader of the file knows tags: `!reset`. */
  readonly tag?: string;
}

export interface ScalarTree extends Placed {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** As it was written, without quotes: `1.10` stays "1.10". */
  readonly text: string;
  /** Holds the value of a variable that is not for showing. */
  readonly isSecret?: boolean;
}

export interface ListTree extends Placed {
  readonly kind: "list";
  readonly items: readonly Tree[];
}

export interface MapTree extends Placed {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, Tree>;
}

/** The text of a scalar; undefined for null and for everything else. */
export function textOf(tree: Tree | undefined): string | undefined {
  return tree?.kind === "scalar" && tree.value !== null ? tree.text : undefined;
}

export function isNull(tree: Tree | undefined): boolean {
  return tree?.kind === "scalar" && tree.value === null;
}

export function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.kind === "list" ? tree.items : [];
}

export function entriesOf(tree: Tree | undefined): readonly (readonly [string, Tree])[] {
  return tree?.kind === "map" ? [...tree.entries] : [];
}

export function childOf(tree: Tree | undefined, key: string): Tree | undefined {
  return tree?.kind === "map" ? tree.entries.get(key) : undefined;
}

/** `["website", "require", 0]` is "website.require[0]". */
export function nameOf(path: Path): string {
  const name = path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${shortened(part)}`))
    .join("");
  return name.replace(/^\./, "");
}

/** By keys, and by indices as numbers or as text. */
export function nodeAt(tree: Tree, path: Path): Tree | undefined {
  let found: Tree | undefined = tree;
  for (const part of path) {
    found = found?.kind === "list" ? itemAt(found, Number(part)) : childOf(found, String(part));
  }
  return found;
}

/** The item of that index in the file; where others were taken out, it stands further to the front. */
export function itemAt({ items }: ListTree, index: number): Tree | undefined {
  const isIt = (item: Tree | undefined) => item?.path.at(-1) === index;
  return isIt(items[index]) ? items[index] : items.find(isIt);
}

function shortened(part: string): string {
  if (part === "") return '""';
  const line = part.replaceAll(/\s+/g, " ");
  return line.length > 70 ? `${line.slice(0, 70)}...` : line;
}

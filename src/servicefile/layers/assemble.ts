import { AxonError, type SourcePosition } from "../../errors.ts";
import type { MapTree, Tree } from "../yaml/tree.ts";
import { type Include, includePaths } from "./include-paths.ts";
import { overBase, overlaid } from "./merge.ts";
import { type Layer, type LayerSource, readLayer } from "./read-layer.ts";

/** The other files that a Servicefile is made of. */
export interface OtherFiles {
  /** Texts by path from the directory of the Servicefile: what is included, and the overlays. */
  readonly texts: Readonly<Record<string, string>>;
  /** Paths of what is merged over the Servicefile, the strongest last. */
  readonly overlays: readonly string[];
  /** Paths may lead out of the directory of the Servicefile. */
  readonly allowOutside?: boolean | undefined;
  /** A path as readers know it. */
  shown(path: string): string;
}

export interface Assembled {
  readonly tree: MapTree;
  positionOf(part: Tree): SourcePosition;
}

/** The Servicefile with all that it includes below it, and the overlays over it. */
export function assemble(source: Omit<LayerSource, "path">, others: OtherFiles): Assembled {
  const assembly = new Assembly(others);
  const main = readLayer({ ...source, path: undefined });
  let tree = assembly.withIncludes(main, [source.file]);
  for (const path of others.overlays) {
    const overlay = assembly.layer(path, undefined);
    tree = overlaid(tree, assembly.withIncludes(overlay, [others.shown(path)])) as MapTree;
  }
  const positionOf = ({ at, file }: Tree) =>
    (file === undefined ? main : assembly.layer(file, undefined)).positionAt(at);
  return { tree: withoutIncludes(tree), positionOf };
}

class Assembly {
  readonly #others: OtherFiles;
  readonly #layers = new Map<string, Layer>();
  /** A file that is included from many places is put together once. */
  readonly #assembled = new Map<Layer, MapTree>();

  constructor(others: OtherFiles) {
    this.#others = others;
  }

  layer(path: string, at: SourcePosition | undefined): Layer {
    const known = this.#layers.get(path);
    if (known !== undefined) return known;
    const { texts, shown } = this.#others;
    const text = Object.hasOwn(texts, path) ? texts[path] : undefined;
    if (text === undefined) {
      throw new AxonError("FILE_UNREADABLE", `${shown(path)} is not there`, { at });
    }
    const layer = readLayer({ file: shown(path), text, path });
    this.#layers.set(path, layer);
    return layer;
  }

  /** `chain`: the files that led here, for the message about a circle. */
  withIncludes(layer: Layer, chain: readonly string[]): MapTree {
    const known = this.#assembled.get(layer);
    if (known !== undefined) return known;
    let base: MapTree | undefined;
    for (const include of includePaths(layer, this.#others.allowOutside === true).toReversed()) {
      const tree = this.#included(include, chain);
      base = base === undefined ? tree : overBase(tree, base);
    }
    const assembled = base === undefined ? layer.tree : overBase(layer.tree, base);
    this.#assembled.set(layer, assembled);
    return assembled;
  }

  #included({ path, at }: Include, chain: readonly string[]): MapTree {
    const shown = this.#others.shown(path);
    if (chain.includes(shown)) {
      const circle = [...chain.slice(chain.indexOf(shown)), shown].join(" -> ");
      throw new AxonError("SERVICEFILE_INVALID", `Includes goes in a circle: ${circle}`, { at });
    }
    return this.withIncludes(this.layer(path, at), [...chain, shown]);
  }
}

function withoutIncludes(tree: MapTree): MapTree {
  if (!tree.entries.has("Includes")) return tree;
  const entries = [...tree.entries].filter(([key]) => key !== "Includes");
  return { ...tree, entries: new Map(entries) };
}

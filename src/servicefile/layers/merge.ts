import { isService } from "../canonical/is-service.ts";
import { spellingIn } from "../yaml/locate.ts";
import { isNull, type MapTree, type Tree } from "../yaml/tree.ts";

/** An included file below the one that includes it: sections merge one level deep, a service is replaced whole. */
export function overBase(top: MapTree, base: MapTree): MapTree {
  const entries = new Map(top.entries);
  for (const [key, below] of base.entries) {
    const there = isService(key) ? key : spellingIn(entries, key);
    const above = entries.get(there);
    if (above === undefined) entries.set(key, below);
    else if (!isService(key)) entries.set(there, overSection(above, below));
  }
  return { ...top, entries };
}

function overSection(above: Tree, below: Tree): Tree {
  if (above.kind !== "map" || below.kind !== "map") return above;
  const own = [...above.entries];
  const rest = [...below.entries].filter(([key]) => !above.entries.has(key));
  return { ...above, entries: new Map([...rest, ...own]) };
}

/** An overlay: maps are merged, everything else is replaced, and null removes. */
export function overlaid(below: Tree, above: Tree): Tree {
  if (below.kind !== "map" || above.kind !== "map") return above;
  const entries = new Map(below.entries);
  for (const [key, value] of above.entries) {
    // Where the template says `environment`, an overlay's `env` is the same key.
    const there = spellingIn(entries, key);
    const old = entries.get(there);
    if (isNull(value)) entries.delete(there);
    else entries.set(there, old === undefined ? withoutNulls(value) : overlaid(old, value));
  }
  return { ...below, entries };
}

/** Nothing is there to be removed. */
function withoutNulls(tree: Tree): Tree {
  if (tree.kind !== "map") return tree;
  const stay = [...tree.entries].filter(([, value]) => !isNull(value));
  return { ...tree, entries: new Map(stay.map(([key, value]) => [key, withoutNulls(value)])) };
}

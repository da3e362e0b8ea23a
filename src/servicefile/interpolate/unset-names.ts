import type { Report } from "../problems/problem.ts";
import { nameOf, type Path } from "../yaml/tree.ts";

export interface UnsetName {
  readonly name: string;
  readonly path: Path;
}

const MOST_LISTED = 10;

/** One problem for each name, with every place that uses it. */
export function reportUnset(
  unset: readonly UnsetName[],
  { lineOf }: { lineOf(path: Path): number },
  report: Report,
): void {
  for (const [name, [first, ...more]] of placesByName(unset)) {
    const listed = more
      .slice(0, MOST_LISTED)
      .map((path) => `${nameOf(path)} (line ${lineOf(path)})`);
    const others =
      more.length > MOST_LISTED ? [...listed, `${more.length - MOST_LISTED} more`] : listed;
    const also = others.length === 0 ? "" : `; so do ${others.join(", ")}`;
    report({
      path: first,
      says: `uses ${name}, which is not set${also}`,
      hint: `set it, or write \${${name}:-other}; a dollar sign is written $$`,
    });
  }
}

type Places = readonly [first: Path, ...more: Path[]];

function placesByName(unset: readonly UnsetName[]): ReadonlyMap<string, Places> {
  const places = new Map<string, [Path, ...Path[]]>();
  for (const { name, path } of unset) {
    const known = places.get(name);
    if (known) known.push(path);
    else places.set(name, [path]);
  }
  return places;
}

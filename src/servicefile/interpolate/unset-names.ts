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
  for (const name of new Set(unset.map((one) => one.name))) {
    const [first, ...more] = unset.filter((one) => one.name === name).map(({ path }) => path);
    if (first === undefined) continue;
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

import { recordOf } from "../canonical/record-of.ts";
import type { Report } from "../problems/problem.ts";
import type { ReferenceEntry } from "../servicefile.ts";
import { entriesOf, type Path, type Tree, textOf } from "../yaml/tree.ts";
import { interpolateTree } from "./interpolate-tree.ts";
import type { Value } from "./variables.ts";

interface Vars {
  readonly values: Readonly<Record<string, Value>>;
  readonly references: readonly ReferenceEntry[];
}

interface Outside {
  lookup(name: string): Value | undefined;
  lineOf(path: Path): number;
}

/** The constants of `Vars`. One may use those above it; a variable from outside wins over its namesake. */
export function readVars(section: Tree | undefined, outside: Outside, report: Report): Vars {
  const vars = new Map<string, Value>();
  const references: ReferenceEntry[] = [];
  const lookup = (name: string) => outside.lookup(name) ?? vars.get(name);
  for (const [name, tree] of entriesOf(section)) {
    const { tree: replaced, references: own } = interpolateTree(
      tree,
      { ...outside, lookup },
      report,
    );
    references.push(...own);
    const isSecret = replaced.kind === "scalar" && replaced.isSecret === true;
    vars.set(name, { text: textOf(replaced) ?? "", isSecret, source: "Vars" });
  }
  return { values: recordOf(vars), references };
}

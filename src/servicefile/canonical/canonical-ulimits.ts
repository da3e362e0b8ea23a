import type { Report } from "../problems/problem.ts";
import { childOf, entriesOf, type Tree, textOf } from "../yaml/tree.ts";
import { recordOf } from "./record-of.ts";

const NO_LIMIT = "-1";

/** `nofile: 1024` is both limits; `soft:hard` here. */
export function canonicalUlimits(
  tree: Tree | undefined,
  report: Report,
): Readonly<Record<string, string>> {
  const limits = entriesOf(tree).map(([name, limit]) => [name, limitOf(limit, report)] as const);
  return recordOf(limits.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function limitOf(tree: Tree, report: Report): string {
  const both = textOf(tree);
  const hard = both ?? textOf(childOf(tree, "hard")) ?? NO_LIMIT;
  const soft = both ?? textOf(childOf(tree, "soft")) ?? hard;
  const isAbove = hard !== NO_LIMIT && (soft === NO_LIMIT || Number(soft) > Number(hard));
  if (isAbove) report({ path: tree.path, says: `has a soft limit above the hard one: ${soft}` });
  return `${soft}:${hard}`;
}

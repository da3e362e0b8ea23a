import type { Report } from "../problems/problem.ts";
import { type Tree, textOf } from "../yaml/tree.ts";
import { labelProblem } from "./dns-label.ts";

const RESERVED = "system";

export function canonicalDeployment(tree: Tree | undefined, report: Report): string | undefined {
  const name = textOf(tree);
  if (tree === undefined || name === undefined) return undefined;
  const code = "DEPLOYMENT_NAME_INVALID";
  const problem = labelProblem(name, tree.path);
  if (problem) report({ ...problem, code });
  if (name === RESERVED) {
    report({ code, path: tree.path, says: `is "${name}", which is reserved for Axon itself` });
  }
  return name;
}

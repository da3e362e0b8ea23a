import type { UpdatePolicy } from "../../model.ts";
import type { Report } from "../problems/problem.ts";
import { childOf, type Tree, textOf } from "../yaml/tree.ts";
import { positiveSeconds } from "./duration.ts";

export function canonicalUpdate(tree: Tree | undefined, report: Report): UpdatePolicy | undefined {
  if (tree?.kind !== "map") return undefined;
  const drainSeconds = positiveSeconds(childOf(tree, "drain"), report);
  return {
    order: (textOf(childOf(tree, "order")) ?? "auto") as UpdatePolicy["order"],
    timeoutSeconds: positiveSeconds(childOf(tree, "timeout"), report),
    onFailure: (textOf(childOf(tree, "on_failure")) ?? "rollback") as UpdatePolicy["onFailure"],
    ...(drainSeconds !== undefined && { drainSeconds }),
  };
}

export function canonicalScale(tree: Tree | undefined): number | undefined {
  const text = textOf(tree);
  return text === undefined ? undefined : Number(text);
}

import type { Report } from "../problems/problem.ts";
import type { BootstrapEntry } from "../servicefile.ts";
import { childOf, entriesOf, isNull, itemsOf, type Tree, textOf } from "../yaml/tree.ts";
import { canonicalCommand } from "./canonical-command.ts";
import { canonicalEnv } from "./canonical-env.ts";
import { checkLabel } from "./dns-label.ts";
import { positiveSeconds } from "./duration.ts";
import { eitherOf } from "./either-of.ts";
import { recordOf } from "./record-of.ts";

type Bootstraps = Readonly<Record<string, BootstrapEntry | null>>;

/** A bare command is the bootstrap named "bootstrap". */
export function canonicalBootstrap(tree: Tree | undefined, report: Report): Bootstraps {
  if (tree === undefined || isNull(tree)) return recordOf<BootstrapEntry>([]);
  if (tree.kind !== "map") return recordOf([["bootstrap", bootstrapEntry(tree, report)]]);
  const entries = entriesOf(tree).map(([name, value]) => {
    checkLabel(name, value.path, report);
    return [name, isNull(value) ? null : bootstrapEntry(value, report)] as const;
  });
  return recordOf(entries);
}

export function bootstrapEntry(tree: Tree, report: Report): BootstrapEntry {
  const command = tree.kind === "map" ? eitherOf(tree, ["cmd", "command"], report) : tree;
  return {
    command: canonicalCommand(command),
    env: canonicalEnv(eitherOf(tree, ["env", "environment"], report), report),
    step: stepOf(childOf(tree, "step")),
    timeout: positiveSeconds(childOf(tree, "timeout"), report),
    acceptedExitCodes: exitCodes(childOf(tree, "exit_codes")),
    run: textOf(childOf(tree, "run")) as BootstrapEntry["run"],
  };
}

export function stepOf(tree: Tree | undefined): number | undefined {
  return tree?.kind === "scalar" ? Number(tree.value) : undefined;
}

export function exitCodes(tree: Tree | undefined): readonly number[] | undefined {
  if (tree === undefined) return undefined;
  const codes = (tree.kind === "list" ? itemsOf(tree) : [tree]).map((item) => Number(textOf(item)));
  return [...new Set(codes)].toSorted((a, b) => a - b);
}

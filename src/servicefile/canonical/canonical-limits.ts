import type { Report } from "../problems/problem.ts";
import type { LimitsEntry } from "../servicefile.ts";
import { childOf, type Tree, textOf } from "../yaml/tree.ts";
import { eitherOf } from "./either-of.ts";
import { bytesOf } from "./size.ts";

/** Engines refuse less. */
const LEAST_MEMORY = 6 * 1024 ** 2;
/** What the engine counts in. */
const SMALLEST_SHARE = 1e-9;

export function canonicalLimits(body: Tree, report: Report): LimitsEntry {
  return {
    memory: memoryOf(eitherOf(body, ["memory", "mem_limit"], report), report),
    cpus: cpusOf(childOf(body, "cpus"), report),
    pidsLimit: pidsOf(childOf(body, "pids_limit")),
  };
}

/** 0 is no limit, as in compose. */
function memoryOf(tree: Tree | undefined, report: Report): number | undefined {
  const bytes = bytesOf(tree);
  if (tree === undefined || bytes === undefined || bytes === 0) return undefined;
  if (bytes < LEAST_MEMORY) {
    report({ path: tree.path, says: `is too little: ${textOf(tree)}`, hint: "write at least 6m" });
  }
  return bytes;
}

function cpusOf(tree: Tree | undefined, report: Report): number | undefined {
  const text = textOf(tree);
  if (tree === undefined || text === undefined) return undefined;
  const cpus = Math.round(Number(text) / SMALLEST_SHARE) * SMALLEST_SHARE;
  if (cpus < 0.01) {
    report({ path: tree.path, says: `is too little: ${text}`, hint: "write at least 0.01" });
  }
  return Number(cpus.toFixed(9));
}

/** -1 and 0 are no limit, as in compose. */
function pidsOf(tree: Tree | undefined): number | undefined {
  const limit = Number(textOf(tree) ?? 0);
  return limit > 0 ? limit : undefined;
}

import type { Report } from "../problems/problem.ts";
import type { LimitsEntry } from "../servicefile.ts";
import { childOf, type Tree, textOf } from "../yaml/tree.ts";
import { onlyOne } from "./either-of.ts";
import { bytesOf } from "./size.ts";

/** Engines refuse less. */
const LEAST_MEMORY = 6 * 1024 ** 2;
/** What the engine counts in. */
const SMALLEST_SHARE = 1e-9;

export function canonicalLimits(body: Tree, report: Report): LimitsEntry {
  const resources = childOf(childOf(body, "deploy"), "resources");
  const most = childOf(resources, "limits");
  const least = childOf(resources, "reservations");
  const of = (key: string) => childOf(body, key);
  const only = (...trees: readonly (Tree | undefined)[]) => onlyOne(trees, report);
  const memory = memoryOf(only(of("memory"), of("mem_limit"), childOf(most, "memory")), report);
  const swap = only(of("memory_swap"), of("memswap_limit"));
  const reserved = only(of("memory_reservation"), of("mem_reservation"), childOf(least, "memory"));
  return {
    memory,
    memorySwap: swapOf(swap, memory, report),
    memoryReservation: reservationOf(reserved, memory, report),
    cpus: cpusOf(only(of("cpus"), childOf(most, "cpus")), report),
    cpuShares: positiveOf(of("cpu_shares")),
    cpuset: textOf(of("cpuset")),
    pidsLimit: positiveOf(only(of("pids_limit"), childOf(most, "pids"))),
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

/** Twice the memory is what there is without it. */
function swapOf(
  tree: Tree | undefined,
  memory: number | undefined,
  report: Report,
): number | undefined {
  const text = textOf(tree);
  if (tree === undefined || text === undefined) return undefined;
  if (text === "-1") return -1;
  const bytes = bytesOf(tree) || undefined;
  if (bytes === undefined || bytes === (memory ?? 0) * 2) return undefined;
  const hint = "it is memory and swap together";
  if (memory === undefined) {
    report({ path: tree.path, says: "is there without a limit of memory", hint });
  } else if (bytes < memory) {
    report({ path: tree.path, says: `is less than the limit of memory: ${text}`, hint });
  }
  return bytes;
}

function reservationOf(
  tree: Tree | undefined,
  memory: number | undefined,
  report: Report,
): number | undefined {
  const bytes = bytesOf(tree) || undefined;
  if (tree !== undefined && bytes !== undefined && bytes > (memory ?? bytes)) {
    report({ path: tree.path, says: `is more than the limit of memory: ${textOf(tree)}` });
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
function positiveOf(tree: Tree | undefined): number | undefined {
  const limit = Number(textOf(tree) ?? 0);
  return limit > 0 ? limit : undefined;
}

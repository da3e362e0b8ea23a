import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import { type Tree, textOf } from "../yaml/tree.ts";

const MILLISECONDS = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
/** Timers cannot count further than this. */
const LONGEST = 24 * 24 * MILLISECONDS.h;

/** `1m30s` in milliseconds; a bare number is seconds. undefined: not given. */
export function milliseconds(tree: Tree | undefined, report: Report): number | undefined {
  const text = textOf(tree);
  if (tree === undefined || text === undefined) return undefined;
  const total = Math.round(bareSeconds(text) ?? summed(text));
  if (total > LONGEST) report({ path: tree.path, says: `is longer than 24 days: ${quoted(text)}` });
  return total;
}

/** As milliseconds, and not nothing: an interval of 0 would mean something else to the engine. */
export function positiveMilliseconds(tree: Tree | undefined, report: Report): number | undefined {
  const found = milliseconds(tree, report);
  if (tree !== undefined && found !== undefined && found < 1) {
    report({ path: tree.path, says: "must be longer than nothing", hint: "write 10s or 500ms" });
  }
  return found;
}

export function positiveSeconds(tree: Tree | undefined, report: Report): number | undefined {
  const found = positiveMilliseconds(tree, report);
  return found === undefined ? undefined : found / MILLISECONDS.s;
}

/** What engines count in: a part of a second is a whole one. */
export function wholeSeconds(tree: Tree | undefined, report: Report): number | undefined {
  const found = milliseconds(tree, report);
  return found === undefined ? undefined : Math.ceil(found / MILLISECONDS.s);
}

function bareSeconds(text: string): number | undefined {
  const seconds = Number(text);
  return Number.isNaN(seconds) ? undefined : seconds * MILLISECONDS.s;
}

function summed(text: string): number {
  const parts = text.matchAll(/([0-9.]+)(us|ms|s|m|h)/g);
  return [...parts].reduce(
    (sum, [, number, unit]) =>
      sum + Number(number) * MILLISECONDS[unit as keyof typeof MILLISECONDS],
    0,
  );
}

import type { Change, Plan } from "./plan.ts";

const VERBS = [
  ["run", "to run"],
  ["create", "to add"],
  ["update", "to change"],
  ["adopt", "to adopt"],
  ["start", "to start"],
  ["replace", "to replace"],
  ["remove", "to remove"],
] as const satisfies readonly (readonly [Change["action"], string])[];

/** `Plan: 2 to run, 1 to add, 1 held.` */
export function summarize({ changes, held }: Pick<Plan, "changes" | "held">): string {
  const parts = VERBS.flatMap(([action, words]) => {
    const count = changes.filter((change) => change.action === action).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  const waiting = held.length === 0 ? [] : [`${held.length} held`];
  return `Plan: ${[...parts, ...waiting].join(", ")}.`;
}

/** Changes that take something away that runs: the ones that a person is asked about. */
export function needsAnswer({ changes }: { readonly changes: readonly Change[] }): boolean {
  return changes.some(({ action }) => action === "remove" || action === "replace");
}

import type { RunVerdict } from "../../apply/judge-run.ts";
import { AxonError } from "../../errors.ts";
import type { Change, Plan } from "../../plan/plan.ts";
import { doneWord, failureText, instanceTitle, seconds, titleOf } from "./change-words.ts";

/** `Done in 4.2 s: 2 done, 1 created, 1 replaced.` */
export function renderDone(plan: Plan, milliseconds: number): string {
  const counts = new Map<string, number>();
  for (const change of plan.changes) {
    const word = change.action === "run" ? "run" : doneWord(change);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  if (plan.held.length > 0) counts.set("held", plan.held.length);
  const parts = [...counts].map(([word, count]) => `${count} ${word}`);
  return `Done in ${seconds(milliseconds)}: ${parts.join(", ")}.\n`;
}

/** What was done, what failed and what was not begun, one line each. */
export function renderFailure(plan: Plan, verdict: RunVerdict): string {
  const byAddress = new Map(plan.changes.map((change) => [change.address, change]));
  const title = (address: string) => titleFor(byAddress.get(address), address);
  const lines = [
    ...verdict.done.map((address) => `  done     ${title(address)}`),
    ...verdict.failed.map(
      ({ address, error, rolledBack }) =>
        `  failed   ${failureText(title(address), error.message)}${rolledBack ? "; the old version serves again" : ""}`,
    ),
    ...verdict.skipped.map((address) => `  skipped  ${title(address)}`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** The failure as one error: that of the first change that failed, with the exit code of the whole run. */
export function failureOf({ failed, exitCode }: RunVerdict): AxonError {
  const [first] = failed;
  if (first === undefined || first.error.code === "INTERRUPTED") {
    return new AxonError(
      "INTERRUPTED",
      "the run was interrupted; what is not done is listed above",
      {
        hint: "Run the deploy again to finish it.",
      },
    );
  }
  const { error } = first;
  const isRolledBack = first.rolledBack && exitCode === 5;
  return new AxonError(isRolledBack ? "ROLLED_BACK" : error.code, error.message, {
    hint:
      error.hint ?? (isRolledBack ? "The old version serves. Its successor is gone." : undefined),
    at: error.at,
    cause: error,
    exitCode,
  });
}

function titleFor(change: Change | undefined, address: string): string {
  return change === undefined ? instanceTitle(address) : titleOf(change);
}

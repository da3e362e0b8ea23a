import type { AxonError } from "../errors.ts";
import type { Operation, Plan } from "../plan/plan.ts";
import type { Outcome, Outcomes } from "./outcome.ts";

/** What a run came to, told after it: by change address. */
export interface RunVerdict {
  readonly done: readonly string[];
  readonly failed: readonly {
    /** Of a change; where what failed belongs to none, of an instance, or the id of an operation. */
    readonly address: string;
    readonly error: AxonError;
    readonly rolledBack: boolean;
  }[];
  readonly skipped: readonly string[];
  /** undefined: all of it was done. */
  readonly exitCode: number | undefined;
}

/** Sums up outcomes of operations to what became of each change, and to the exit code. */
export function judgeRun(plan: Plan, outcomes: Outcomes, interrupted: boolean): RunVerdict {
  const changes = plan.changes.map(({ address }) => ({
    address,
    ...judgeChange(operationsOf(plan, address), outcomes),
  }));
  const loose = looseFailures(plan, outcomes);
  const failed = [
    ...changes.flatMap(({ address, error, rolledBack }) =>
      error ? [{ address, error, rolledBack }] : [],
    ),
    ...loose,
  ];
  const skipped = changes.filter(({ kind }) => kind === "skipped").map(({ address }) => address);
  return {
    done: changes.filter(({ kind }) => kind === "done").map(({ address }) => address),
    failed,
    skipped,
    exitCode: exitCodeOf({ failed, skipped, interrupted, begun: hasBegun(plan, outcomes) }),
  };
}

function operationsOf(plan: Plan, address: string): Operation[] {
  return plan.operations.filter(
    ({ change, alsoFor = [] }) => change === address || alsoFor.includes(address),
  );
}

interface ChangeVerdict {
  readonly kind: "done" | "failed" | "skipped";
  readonly error: AxonError | undefined;
  readonly rolledBack: boolean;
}

function judgeChange(operations: readonly Operation[], outcomes: Outcomes): ChangeVerdict {
  const forward = operations.filter(({ onFailureOf }) => onFailureOf === undefined);
  const found = forward.map(({ id }) => outcomes.get(id));
  const error = found.map(errorOf).find((problem) => problem !== undefined);
  if (error !== undefined)
    return { kind: "failed", error, rolledBack: wasRolledBack(operations, outcomes) };
  const isSkipped = found.some((outcome) => outcome?.kind === "skipped");
  return { kind: isSkipped ? "skipped" : "done", error: undefined, rolledBack: false };
}

/** The old version serves again. */
function wasRolledBack(operations: readonly Operation[], outcomes: Outcomes): boolean {
  const undoing = operations.filter(({ onFailureOf }) => onFailureOf !== undefined);
  const outcomeOf = ({ id }: Operation) => outcomes.get(id)?.kind;
  const isRestored = undoing.some((one) => one.restores === true && outcomeOf(one) === "done");
  return isRestored && undoing.every((one) => ["done", "unneeded"].includes(outcomeOf(one) ?? ""));
}

function errorOf(outcome: Outcome | undefined): AxonError | undefined {
  return outcome?.kind === "failed" ? outcome.error : undefined;
}

function looseFailures(plan: Plan, outcomes: Outcomes): RunVerdict["failed"] {
  const known = new Set(plan.changes.map(({ address }) => address));
  return plan.operations.flatMap(({ id, change, instance, onFailureOf }) => {
    const error = errorOf(outcomes.get(id));
    const isTold = change !== undefined && known.has(change) && onFailureOf === undefined;
    return error === undefined || isTold
      ? []
      : [{ address: instance ?? id, error, rolledBack: false }];
  });
}

const CHANGES_NOTHING: readonly Operation["kind"][] = ["step.reached", "container.awaitReady"];

/**
 * A one-shot that ran and failed has changed what it changed, and its record. What undoes has something to change
 * only where what it undoes had.
 */
function hasBegun({ operations }: Plan, outcomes: Outcomes): boolean {
  return operations.some(({ id, kind, onFailureOf }) => {
    const outcome = outcomes.get(id);
    if (outcome?.kind === "failed") return outcome.error.code.startsWith("TASK_");
    return outcome?.kind === "done" && onFailureOf === undefined && !CHANGES_NOTHING.includes(kind);
  });
}

interface Summary {
  readonly failed: RunVerdict["failed"];
  readonly skipped: readonly string[];
  readonly interrupted: boolean;
  readonly begun: boolean;
}

function exitCodeOf({ failed, skipped, interrupted, begun }: Summary): number | undefined {
  if (interrupted && skipped.length > 0) return 130;
  if (failed.length === 0) return undefined;
  if (failed.every(({ rolledBack }) => rolledBack)) return 5;
  return begun ? 6 : 1;
}

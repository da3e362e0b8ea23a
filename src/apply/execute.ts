import { AxonError } from "../errors.ts";
import type { Operation, Plan } from "../plan/plan.ts";
import type { Outcome, Outcomes } from "./outcome.ts";
import type { RunContext } from "./run-context.ts";
import { runOperation } from "./run-operation.ts";
import { awaitedAmong, turnOf } from "./turn-of.ts";
import { Turns } from "./turns.ts";

/**
 * Carries out a plan. Each operation starts as soon as those that it waits for have succeeded; where one
 * did not, it is skipped, and independent ones go on. Never rejects: what happened is data. Decides
 * nothing: that was done by the plan.
 */
export async function execute(plan: Plan, context: RunContext): Promise<Outcomes> {
  const settled = new Map<string, Promise<Outcome>>();
  const turns = new Turns(context.settings.concurrency);
  const awaited = awaitedAmong(plan.operations);
  const outcomeOf = (id: string) => settled.get(id) ?? Promise.resolve<Outcome>({ kind: "done" });

  const settle = async (operation: Operation): Promise<Outcome> => {
    const gate = operation.onFailureOf
      ? await undoGate(operation, operation.onFailureOf, outcomeOf)
      : await forwardGate(operation, outcomeOf, context);
    if (gate !== undefined) return tell(operation, gate, context);
    if (waits(operation)) return run(operation, context);
    const turn = turnOf(operation, awaited.has(operation.id));
    return turns.take(turn, () => runInTurn(operation, context));
  };

  context.onEvent({ kind: "run.started", operations: plan.operations.length });
  for (const operation of plan.operations) settled.set(operation.id, settle(operation));
  const outcomes = new Map<string, Outcome>();
  for (const [id, outcome] of settled) outcomes.set(id, await outcome);
  context.onEvent({ kind: "run.finished", ...count(outcomes) });
  return outcomes;
}

type OutcomeOf = (id: string) => Promise<Outcome>;

/** Why an operation is not to run; undefined: it is. */
async function forwardGate(
  operation: Operation,
  outcomeOf: OutcomeOf,
  { stop }: RunContext,
): Promise<Outcome | undefined> {
  for (const id of operation.after) {
    const outcome = await outcomeOf(id);
    if (outcome.kind === "failed") return { kind: "skipped", because: `${id} failed` };
    if (outcome.kind === "skipped") return outcome;
  }
  return stop.aborted ? { kind: "skipped", because: "interrupted" } : undefined;
}

/** There is something to undo when a group was begun and did not come to its end, for whatever reason. */
async function undoGate(
  { after }: Operation,
  attempted: readonly string[],
  outcomeOf: OutcomeOf,
): Promise<Outcome | undefined> {
  const outcomes = await Promise.all(attempted.map(outcomeOf));
  await Promise.all(after.map(outcomeOf));
  const wasBegun = outcomes.some(({ kind }) => kind === "done" || kind === "failed");
  const isComplete = outcomes.every(({ kind }) => kind === "done");
  return wasBegun && !isComplete ? undefined : { kind: "unneeded" };
}

/** Waiting costs the engine nothing, so it does not count against the limit. */
function waits({ kind }: Operation): boolean {
  return ["container.awaitReady", "task.run", "step.reached", "route.drain"].includes(kind);
}

/** Its turn can come after the run was told to stop. */
async function runInTurn(operation: Operation, context: RunContext): Promise<Outcome> {
  const isLate = context.stop.aborted && operation.onFailureOf === undefined;
  if (!isLate) return run(operation, context);
  return tell(operation, { kind: "skipped", because: "interrupted" }, context);
}

async function run(operation: Operation, context: RunContext): Promise<Outcome> {
  const { id, change } = operation;
  const began = context.now();
  context.onEvent({ kind: "operation.started", operation: id, change });
  try {
    context.check();
    await runOperation(operation, context);
  } catch (cause) {
    return tell(operation, { kind: "failed", error: asError(operation, cause, context) }, context);
  }
  const milliseconds = context.now().getTime() - began.getTime();
  context.onEvent({ kind: "operation.done", operation: id, change, milliseconds });
  return { kind: "done" };
}

function tell({ id, change }: Operation, outcome: Outcome, { onEvent }: RunContext): Outcome {
  if (outcome.kind === "failed") {
    onEvent({ kind: "operation.failed", operation: id, change, error: outcome.error });
  } else if (outcome.kind === "skipped") {
    onEvent({ kind: "operation.skipped", operation: id, change, because: outcome.because });
  }
  return outcome;
}

function asError({ id }: Operation, cause: unknown, { abort }: RunContext): AxonError {
  if (cause instanceof AxonError) return cause;
  if (abort.aborted) return new AxonError("INTERRUPTED", "interrupted", { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AxonError("OPERATION_FAILED", `${id}: ${reason}`, { cause });
}

function count(outcomes: Outcomes) {
  const of = (kind: Outcome["kind"]) =>
    [...outcomes.values()].filter((outcome) => outcome.kind === kind).length;
  return { done: of("done"), failed: of("failed"), skipped: of("skipped") };
}

import type { AxonError } from "../../errors.ts";
import type { AxonEvent } from "../../events.ts";
import type { Change, Plan } from "../../plan/plan.ts";
import { instanceTitle, titleOf } from "./change-words.ts";
import { outputLine } from "./safe-text.ts";

export type ChangeOutcome =
  | { readonly kind: "done"; readonly milliseconds: number }
  | { readonly kind: "failed"; readonly error: AxonError }
  | { readonly kind: "skipped"; readonly because: string };

export interface ChangeListener {
  started(change: Change): void;
  /** It can go on when something that does not change has become healthy. */
  waiting(change: Change, whatFor: string): void;
  ended(change: Change, outcome: ChangeOutcome): void;
  output(task: string, line: string): void;
  logs(container: string, lines: readonly string[]): void;
}

/**
 * Turns what happened to operations into what happened to changes. A change has begun with its first
 * operation, and has ended when each of its operations has.
 */
export function trackChanges(
  plan: Plan,
  listener: ChangeListener,
  now: () => number,
): (event: AxonEvent) => void {
  const open = plan.changes.map((change) => openChange(change, plan));
  const reasonOf = reasons(plan);
  const waits = waitsIn(plan, open);
  return (event) => {
    if (event.kind === "task.output") return listener.output(event.task, outputLine(event.line));
    if (event.kind === "container.logs") {
      return listener.logs(event.container, event.lines.map(outputLine));
    }
    if (event.kind === "run.started") return endEmpty(open, listener);
    if (!("operation" in event)) return;
    const wait = waits.get(event.operation);
    if (wait) tellWait(wait, event, listener);
    else if (event.kind !== "operation.waiting") {
      advanceAll(open, event, { listener, now, reasonOf });
    }
  };
}

type OperationEvent = Exclude<
  Extract<AxonEvent, { readonly operation: string }>,
  { readonly kind: "operation.waiting" }
>;

/** What does not change and must be healthy, and the changes that wait for that. */
interface Wait {
  readonly whatFor: string;
  readonly waiting: readonly OpenChange[];
  isTold: boolean;
}

function waitsIn({ operations }: Plan, open: readonly OpenChange[]): ReadonlyMap<string, Wait> {
  return new Map(
    operations.flatMap(({ id, instance }) => {
      if (instance === undefined) return [];
      const after = operations.filter((operation) => operation.after.includes(id));
      const waiting = open.filter(({ change }) =>
        after.some((operation) => operation.change === change.address),
      );
      return [[id, { whatFor: instanceTitle(instance), waiting, isTold: false }]];
    }),
  );
}

/** Once the wait is over, a change that had begun is where it was before. */
function tellWait(wait: Wait, { kind }: AxonEvent, listener: ChangeListener): void {
  if (kind === "operation.waiting") {
    wait.isTold = true;
    for (const { change } of wait.waiting) listener.waiting(change, wait.whatFor);
  } else if (kind === "operation.done" && wait.isTold) {
    const begun = wait.waiting.filter((one) => one.begun !== undefined);
    for (const { change } of begun) listener.started(change);
  }
}

interface Teller {
  readonly listener: ChangeListener;
  readonly now: () => number;
  readonly reasonOf: (because: string) => string;
}

/** `container.create:shop-web-1 failed` in the words of a reader: `web failed`. */
function reasons({ changes, operations }: Plan): Teller["reasonOf"] {
  const titles = new Map(changes.map((change) => [change.address, titleOf(change)]));
  const words = operations.flatMap(({ id, change = "", instance }): [string, string][] => {
    const title = instance === undefined ? titles.get(change) : instanceTitle(instance);
    return title === undefined ? [] : [[`${id} failed`, `${title} failed`]];
  });
  const known = new Map(words);
  return (because) => known.get(because) ?? because;
}

/** What needs no operation of its own must end too, or a view would wait for it. */
function endEmpty(open: readonly OpenChange[], listener: ChangeListener): void {
  for (const { change, waiting } of open) {
    if (waiting.size === 0) listener.ended(change, { kind: "done", milliseconds: 0 });
  }
}

function advanceAll(open: readonly OpenChange[], event: OperationEvent, teller: Teller): void {
  for (const state of open) {
    if (state.waiting.has(event.operation)) advance(state, event, teller);
  }
}

function advance(state: OpenChange, event: OperationEvent, teller: Teller): void {
  const { listener, now, reasonOf } = teller;
  if (event.kind === "operation.started") {
    if (state.begun !== undefined) return;
    state.begun = now();
    listener.started(state.change);
    return;
  }
  state.waiting.delete(event.operation);
  if (state.problem?.kind !== "failed") state.problem = problemOf(event, reasonOf) ?? state.problem;
  if (state.waiting.size > 0) return;
  const milliseconds = state.begun === undefined ? 0 : now() - state.begun;
  listener.ended(state.change, state.problem ?? { kind: "done", milliseconds });
}

function problemOf(event: OperationEvent, reasonOf: Teller["reasonOf"]): ChangeOutcome | undefined {
  if (event.kind === "operation.failed") return { kind: "failed", error: event.error };
  if (event.kind === "operation.skipped")
    return { kind: "skipped", because: reasonOf(event.because) };
  return undefined;
}

interface OpenChange {
  readonly change: Change;
  readonly waiting: Set<string>;
  begun: number | undefined;
  problem: ChangeOutcome | undefined;
}

/** Several changes can share one operation, and each of them ends with it. */
function openChange(change: Change, plan: Plan): OpenChange {
  const own = plan.operations.filter(
    (operation) =>
      operation.onFailureOf === undefined &&
      (operation.change === change.address || operation.alsoFor?.includes(change.address)),
  );
  return {
    change,
    waiting: new Set(own.map(({ id }) => id)),
    begun: undefined,
    problem: undefined,
  };
}

import type { Live, LiveContainer, TaskRecord } from "../live.ts";
import type { TaskSpec } from "../model.ts";
import { own } from "../own.ts";
import { diffInputs } from "./diff-inputs.ts";
import type { LiveIndex } from "./live-index.ts";
import { attributeOf } from "./piece.ts";
import type { AttributeChange, Change } from "./plan.ts";
import { taskInputs } from "./task-inputs.ts";

export interface TaskDecision {
  readonly cause: string;
  readonly attributes: readonly AttributeChange[];
}

const ENDED: Readonly<Record<Exclude<TaskRecord["ended"], "exited">, string>> = {
  timeout: "last run did not end in time",
  interrupted: "last run was interrupted",
};

/** Why a one-shot must run; undefined when it must not. The record in the store decides, not a container. */
export function decideTask(
  task: TaskSpec,
  record: TaskRecord | undefined,
  inputs: ReturnType<typeof taskInputs>,
): TaskDecision | undefined {
  if (record === undefined) return { cause: "has not run yet", attributes: [] };
  if (record.ended !== "exited") return { cause: ENDED[record.ended], attributes: [] };
  if (!task.acceptedExitCodes.includes(record.exitCode)) {
    return { cause: `last run failed (exit ${record.exitCode})`, attributes: [] };
  }
  if (task.run === "always") return { cause: "runs at every deploy", attributes: [] };
  if (task.run === "once") return undefined;
  const deltas = diffInputs(record.inputs, inputs);
  if (deltas.length === 0) return undefined;
  return {
    cause: causeOf(deltas.map(({ path }) => path)),
    attributes: deltas.map((delta) => attributeOf(delta)),
  };
}

/**
 * The container of a one-shot that was started with the same inputs by a run which was cut short: if it
 * still runs, or ended well, it need not run a second time.
 */
export function resumable(
  task: TaskSpec,
  inputsDigest: string,
  orphans: readonly LiveContainer[],
): LiveContainer | undefined {
  return orphans.find(
    ({ identity, status, exitCode }) =>
      identity.service === task.id &&
      identity.inputs === inputsDigest &&
      (status === "running" ||
        (status === "exited" && task.acceptedExitCodes.includes(exitCode ?? -1))),
  );
}

function resumeCause({ status, exitCode }: LiveContainer): string {
  return status === "running"
    ? "still runs since a deploy that was cut short"
    : `ended (exit ${exitCode}) after the deploy was cut short`;
}

/** A one-shot that is to run. */
export interface TaskRun {
  readonly decision: TaskDecision;
  readonly inputs: ReturnType<typeof taskInputs>;
  readonly inputsDigest: string;
  /** A container of it that is taken over. */
  readonly resumed: LiveContainer | undefined;
}

interface RunContext {
  readonly live: Live;
  readonly index: LiveIndex;
  readonly digest: (text: string) => string;
}

/** undefined: it need not run. */
export function decideRun(
  task: TaskSpec,
  { live, index, digest }: RunContext,
): TaskRun | undefined {
  const inputs = taskInputs(task, digest);
  const decided = decideTask(task, own(live.store.tasks, task.id), inputs);
  if (decided === undefined) return undefined;
  const inputsDigest = digestInputs(inputs, digest);
  const resumed = resumable(task, inputsDigest, index.orphans);
  const decision = resumed ? { cause: resumeCause(resumed), attributes: [] } : decided;
  return { decision, inputs, inputsDigest, resumed };
}

/** The same for the same inputs, whatever their order. */
export function digestInputs(
  inputs: ReturnType<typeof taskInputs>,
  digest: (text: string) => string,
): string {
  return digest(JSON.stringify(Object.entries(inputs).sort(([a], [b]) => (a < b ? -1 : 1))));
}

export function describeTask(task: TaskSpec, { cause, attributes }: TaskDecision): Change {
  return {
    address: taskAddress(task),
    resource: "task",
    name: task.kind === "init" ? task.container.image.reference : task.id,
    action: "run",
    section: { kind: "step", step: task.step },
    cause,
    attributes,
    unchanged: 0,
  };
}

export function taskAddress({ id }: TaskSpec): string {
  return `task.${id}`;
}

export function taskOperation(id: string): string {
  return `task.run:${id}`;
}

/** `image changed`, `env and image changed`; which of them is told by the attributes. */
function causeOf(paths: readonly string[]): string {
  const kinds = [...new Set(paths.map((path) => path.split(".")[0] ?? path))];
  const last = kinds.pop();
  return `${kinds.length === 0 ? "" : `${kinds.join(", ")} and `}${last} changed`;
}

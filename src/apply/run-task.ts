import type { WaitResult } from "../engine/engine.ts";
import { AxonError } from "../errors.ts";
import type { TaskRecord } from "../live.ts";
import type { TaskSpec } from "../model.ts";
import type { Operation } from "../plan/plan.ts";
import { recordTask } from "../state/record-task.ts";
import type { RunContext } from "./run-context.ts";

type TaskRun = Extract<Operation, { kind: "task.run" }>;

/**
 * Runs a one-shot in the foreground: its lines are told while it runs, its exit code is judged and kept in
 * the store, whatever it was, and its container is removed.
 */
export async function runTask(run: TaskRun, context: RunContext): Promise<void> {
  const { task, inputs } = run;
  const { engine } = context;
  const container = run.resume ?? (await create(run, context));
  const result = await runToEnd(run, container, context);
  // Until it is remembered how it ended, its container is what tells: the next run takes it over.
  await remember(task, { ...ending(result), inputs }, context);
  await engine.removeContainer(container, context.abort);
  judge(task, result);
}

function create(
  { task, inputsDigest }: TaskRun,
  { engine, deployment, abort }: RunContext,
): Promise<string> {
  const kind = task.kind === "init" ? "init" : "bootstrap";
  const identity = {
    deployment,
    service: task.id,
    instance: 0,
    kind,
    inputs: inputsDigest,
  } as const;
  return engine.createContainer(
    { name: task.containerName, identity, spec: task.container },
    abort,
  );
}

/**
 * What the engine refused to start leaves nothing behind. Where no answer came it may run, or have ended well
 * by now: the next run looks at it.
 */
async function start(container: string, { engine, abort }: RunContext): Promise<void> {
  try {
    await engine.startContainer(container, abort);
  } catch (problem) {
    const hasAnswered = !(problem instanceof AxonError && problem.code === "ENGINE_UNREACHABLE");
    if (hasAnswered && !abort.aborted) {
      await engine.removeContainer(container, new AbortController().signal).catch(() => {});
    }
    throw problem;
  }
}

async function runToEnd(
  { task, resume }: TaskRun,
  container: string,
  context: RunContext,
): Promise<WaitResult> {
  const { engine, abort } = context;
  if (resume === undefined) await start(container, context);
  // What it came to is told by its exit code; lines that cannot be read are no failure of the task.
  const output = engine.followLogs(container, tellLine(task, context), abort).catch(() => {});
  const result = await engine.awaitContainer(
    container,
    { until: "exited", timeoutMilliseconds: task.timeout * 1000, settleMilliseconds: 0 },
    abort,
  );
  if (result.kind === "timeout") {
    await engine.stopContainer(container, undefined, abort);
  }
  await output;
  return result;
}

function tellLine(task: TaskSpec, { onEvent }: RunContext) {
  return ({ stream, text }: { readonly stream: "stdout" | "stderr"; readonly text: string }) =>
    onEvent({ kind: "task.output", task: task.id, stream, line: text });
}

function ending(result: WaitResult): Pick<TaskRecord, "ended" | "exitCode"> {
  if (result.kind === "timeout") return { ended: "timeout", exitCode: -1 };
  return "exitCode" in result && result.exitCode !== undefined
    ? { ended: "exited", exitCode: result.exitCode }
    : { ended: "interrupted", exitCode: -1 };
}

async function remember(
  task: TaskSpec,
  known: Pick<TaskRecord, "ended" | "exitCode" | "inputs">,
  { store, deployment, now }: RunContext,
): Promise<void> {
  if (store === undefined) throw new Error(`the record of ${task.id} needs a store`);
  await recordTask(store, deployment, {
    version: 1,
    id: task.id,
    finishedAt: now().toISOString(),
    ...known,
  });
}

function judge(task: TaskSpec, result: WaitResult): void {
  if (result.kind === "timeout") {
    throw new AxonError(
      "TASK_TIMEOUT",
      `${task.id} did not end within ${task.timeout} s and was stopped`,
      {
        hint: "Give it a longer timeout, or find out what it waits for.",
      },
    );
  }
  if (!("exitCode" in result) || result.exitCode === undefined) {
    throw new AxonError("TASK_FAILED", `${task.id} was removed while it ran`);
  }
  if (task.acceptedExitCodes.includes(result.exitCode)) return;
  throw new AxonError("TASK_FAILED", `${task.id} exited with code ${result.exitCode}`, {
    hint: "Its output is above. The next deploy runs it again.",
  });
}

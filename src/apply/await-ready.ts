import type { WaitResult } from "../engine/engine.ts";
import { AxonError } from "../errors.ts";
import type { RunContext } from "./run-context.ts";

const SHOWN_LOG_LINES = 50;

export interface Readiness {
  /** Of the operation. */
  readonly id: string;
  readonly container: string;
  readonly until: "running" | "healthy";
  readonly timeoutSeconds: number | undefined;
  readonly settleSeconds: number;
  /** Address of the change, for the message. */
  readonly change: string | undefined;
  /** Address of what is there already and does not change. */
  readonly instance?: string | undefined;
}

/** Waits until a service is ready; when it does not become so, its last lines are shown. */
export async function awaitReady(readiness: Readiness, context: RunContext): Promise<void> {
  const { engine, settings, abort } = context;
  const { id, until, timeoutSeconds, settleSeconds, change, instance } = readiness;
  const timeoutMilliseconds =
    timeoutSeconds === undefined ? settings.readyTimeoutMilliseconds : timeoutSeconds * 1000;
  const wait = (milliseconds: number) => {
    const limits = { timeoutMilliseconds: milliseconds, settleMilliseconds: settleSeconds * 1000 };
    return engine.awaitContainer(readiness.container, { until, ...limits }, abort);
  };
  // What is there already is ready as a rule: a reader is told only where that must be waited for.
  if (instance !== undefined) {
    if ((await wait(0)).kind === "reached") return;
    context.onEvent({ kind: "operation.waiting", operation: id, change });
  }
  const result = await wait(timeoutMilliseconds);
  if (result.kind === "reached") return;
  const name = (change ?? instance ?? readiness.container).replace(/^service\./, "");
  await showLogs(name, readiness.container, context);
  throw new AxonError(
    "SERVICE_NOT_READY",
    `${name} ${reasonOf(result, until, timeoutMilliseconds)}`,
  );
}

function reasonOf(
  result: Exclude<WaitResult, { kind: "reached" }>,
  until: Readiness["until"],
  timeoutMilliseconds: number,
): string {
  if (result.kind === "timeout") {
    return `did not become ${until} within ${timeoutMilliseconds / 1000} s (it is ${result.status})`;
  }
  if (result.kind === "unhealthy") return "is unhealthy: its health check failed too often";
  const code = result.exitCode === undefined ? "" : ` with exit code ${result.exitCode}`;
  return `ended${code} instead of running`;
}

async function showLogs(name: string, container: string, context: RunContext): Promise<void> {
  const lines = await context.engine
    .readLogs(container, SHOWN_LOG_LINES, context.abort)
    .catch(() => []);
  if (lines.length === 0) return;
  context.onEvent({
    kind: "container.logs",
    container: name,
    lines: lines.map(({ text }) => text),
  });
}

import type { DockerContainer } from "../../fields/docker-api.ts";
import type { ContainerStatus } from "../../live.ts";
import type { WaitRequest, WaitResult } from "../engine.ts";
import { exitCodeFrom } from "./from-inspect.ts";

/** Docker restarts with growing pauses: this many take about three seconds. */
const RESTARTS_THAT_ARE_A_LOOP = 5;

/** What was learnt while waiting. Times are in milliseconds, on one clock. */
export interface Watch {
  readonly wait: WaitRequest;
  readonly deadline: number;
  /** The run that is being watched, and since when; undefined while it does not run. */
  readonly run: { readonly startedAt: string; readonly since: number } | undefined;
  /** Restarts before the wait began; undefined until the first look. */
  readonly restartsBefore: number | undefined;
  /** What was unhealthy all along may still recover; what became so has had its chances. */
  readonly wasStarting: boolean;
}

export type Verdict =
  | { readonly kind: "done"; readonly result: WaitResult }
  /** Look again when something happens, and at this time at the latest. */
  | { readonly kind: "wait"; readonly watch: Watch; readonly lookAt: number };

/** Decides from one look at the container. undefined: it is gone. */
export function judge(watch: Watch, container: DockerContainer | undefined, now: number): Verdict {
  if (container === undefined) return done({ kind: "ended", exitCode: undefined });
  const next = learn(watch, container, now);
  const ended = judgeEnd(next, container);
  if (ended) return done(ended);
  if (isReached(next, container, now)) return done({ kind: "reached", exitCode: undefined });
  if (now >= watch.deadline) return done({ kind: "timeout", status: statusOf(container) });
  return { kind: "wait", watch: next, lookAt: nextLook(next, container) };
}

function learn(watch: Watch, container: DockerContainer, now: number): Watch {
  const { Status, StartedAt = "" } = container.State;
  const isSameRun = watch.run?.startedAt === StartedAt;
  const run = isSameRun ? watch.run : { startedAt: StartedAt, since: now };
  return {
    ...watch,
    run: Status === "running" ? run : undefined,
    restartsBefore: watch.restartsBefore ?? container.RestartCount ?? 0,
    wasStarting: watch.wasStarting || healthOf(watch.wait, container) === "starting",
  };
}

function judgeEnd(watch: Watch, container: DockerContainer): WaitResult | undefined {
  const { wait, restartsBefore, wasStarting } = watch;
  const { RestartCount: restarts = 0, State } = container;
  const exitCode = exitCodeFrom(container);
  if (State.Status === "exited" || State.Status === "dead") {
    return { kind: wait.until === "exited" ? "reached" : "ended", exitCode };
  }
  if (wasStarting && healthOf(wait, container) === "unhealthy") return { kind: "unhealthy" };
  const isLoop = restarts - (restartsBefore ?? 0) >= RESTARTS_THAT_ARE_A_LOOP;
  return isLoop ? { kind: "ended", exitCode: State.ExitCode } : undefined;
}

function isReached({ wait, run }: Watch, container: DockerContainer, now: number): boolean {
  if (wait.until === "exited" || run === undefined) return false;
  const health = healthOf(wait, container);
  if (health !== undefined) return health === "healthy";
  return now - run.since >= wait.settleMilliseconds;
}

/** undefined: it does not count. */
function healthOf({ until }: WaitRequest, { State }: DockerContainer): string | undefined {
  const health = State.Health?.Status ?? "none";
  return until === "healthy" && health !== "none" ? health : undefined;
}

function nextLook({ wait, run, deadline }: Watch, container: DockerContainer): number {
  if (!run || wait.until === "exited" || healthOf(wait, container)) return deadline;
  return Math.min(deadline, run.since + wait.settleMilliseconds);
}

function done(result: WaitResult): Verdict {
  return { kind: "done", result };
}

function statusOf({ State }: DockerContainer): ContainerStatus {
  return State.Status as ContainerStatus;
}

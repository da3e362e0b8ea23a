import { execute } from "../apply/execute.ts";
import { judgeRun, type RunVerdict } from "../apply/judge-run.ts";
import { DEFAULT_SETTINGS } from "../apply/run-context.ts";
import type { Engine } from "../engine/engine.ts";
import type { KvStore } from "../kv/kv-store.ts";
import type { Plan } from "../plan/plan.ts";
import type { Router } from "../router/router.ts";
import type { DeploymentLock } from "../state/held-lock.ts";
import type { Context } from "./context.ts";
import { trackChanges } from "./output/change-progress.ts";
import { lineProgress } from "./output/line-progress.ts";

export interface RunPlan {
  readonly plan: Plan;
  readonly engine: Engine;
  readonly store: KvStore | undefined;
  /** undefined: the plan changes no route. */
  readonly router?: Router | undefined;
  /** undefined: nobody else can be at it. */
  readonly lock?: DeploymentLock;
}

/** Carries out a plan in front of the reader. */
export async function runPlan(
  { plan, engine, store, router, lock }: RunPlan,
  context: Context,
): Promise<RunVerdict> {
  const view = await openView(plan, context);
  const track = trackChanges(plan, view.listener, () => context.now().getTime());
  const lost = lock === undefined ? [] : [lock.lost];
  const stop = AbortSignal.any([context.stop, ...lost]);
  const outcomes = await execute(plan, {
    deployment: plan.deployment,
    engine,
    store,
    router,
    now: context.now,
    stop,
    abort: AbortSignal.any([context.abort, ...lost]),
    check: () => lock?.check(),
    onEvent: track,
    settings: settingsFrom(context.env),
    created: new Map(),
  });
  await view.finished;
  const verdict = judgeRun(plan, outcomes, stop.aborted);
  // What the second interrupt has ended is no failure of its own.
  const isCutShort = context.abort.aborted && verdict.exitCode !== undefined;
  return isCutShort ? { ...verdict, exitCode: 130 } : verdict;
}

async function openView(plan: Plan, { stderr }: Context) {
  if (!stderr.isTerminal) return { listener: lineProgress(stderr), finished: Promise.resolve() };
  const { listrProgress } = await import("./output/listr-progress.ts");
  return listrProgress(plan, process.stderr);
}

/** Seconds that AXON_READY_TIMEOUT gives a service to become ready. */
function settingsFrom(env: Context["env"]) {
  const seconds = Number(env.AXON_READY_TIMEOUT);
  if (!(seconds > 0)) return DEFAULT_SETTINGS;
  return { ...DEFAULT_SETTINGS, readyTimeoutMilliseconds: seconds * 1000 };
}

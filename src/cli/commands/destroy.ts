import type { Engine } from "../../engine/engine.ts";
import { AxonError } from "../../errors.ts";
import type { Live } from "../../live.ts";
import type { Plan } from "../../plan/plan.ts";
import { planDestruction } from "../../plan/plan-destruction.ts";
import { renderPlan } from "../../plan/render-text.ts";
import { withRouterFaults } from "../../plan/router-faults.ts";
import { removeFreeLock } from "../../state/lock.ts";
import { absentStore } from "../../state/observe-store.ts";
import { getAnswer } from "../answer.ts";
import type { Context } from "../context.ts";
import { checkDeploymentName, systemName } from "../load-servicefile.ts";
import { type OpenedPlace, openPlace } from "../open-place.ts";
import { failureOf, renderDone, renderFailure } from "../output/verdict.ts";
import { observeThrough } from "../prepare.ts";
import { runLocked } from "../run-locked.ts";
import { type RunPlan, runPlan } from "../run-plan.ts";
import type { LockOptions } from "../take-lock.ts";

export interface DestroyOptions extends LockOptions {
  readonly deployment: string;
  readonly kv: string | undefined;
  readonly router?: string | undefined;
  readonly docker: string | undefined;
  readonly volumes: boolean;
  readonly yes: boolean;
}

/** Removes everything that carries the deployment's label, and its part of the store. */
export async function runDestroy(options: DestroyOptions, context: Context): Promise<number> {
  checkDeploymentName(options.deployment);
  const engine = await context.openEngine(options.docker);
  try {
    await engine.version(context.stop);
    const opened = await openStoreFor(options, engine, context);
    try {
      return await destroy(options, { engine, opened }, context);
    } finally {
      await opened?.close();
    }
  } finally {
    await engine.close();
  }
}

/** The system deployment is not in the store: it is the store. */
async function openStoreFor(
  options: DestroyOptions,
  engine: Engine,
  context: Context,
): Promise<OpenedPlace | undefined> {
  if (options.deployment !== systemName(context.env)) return openPlace(options, engine, context);
  return undefined;
}

interface Open {
  readonly engine: Engine;
  readonly opened: OpenedPlace | undefined;
}

async function destroy(
  options: DestroyOptions,
  { engine, opened }: Open,
  context: Context,
): Promise<number> {
  const { deployment, lockTimeout } = options;
  checkStoreRuns(opened);
  const store = opened?.store;
  const look = async () => {
    const live = await observe(deployment, { engine, opened }, context);
    return withRouterFaults(
      planDestruction(deployment, live, { volumes: options.volumes }),
      live.store,
    );
  };
  const show = (shown: Plan) => {
    const title = `${deployment} on ${engine.description}, store ${opened?.description ?? "none"}`;
    context.stdout.write(renderPlan(shown, { title, paint: context.palette }));
  };
  const plan = await look();
  show(plan);
  if (plan.changes.length === 0) return 0;
  const question = { text: `Destroy ${deployment}?`, yes: options.yes };
  await getAnswer(plan, question, context);

  if (opened === undefined || store === undefined) {
    const router = opened?.router.withoutStore;
    return destroyUnlocked({ plan, engine, store, router }, context);
  }
  const agreed = async (changed: Plan) => {
    context.stdout.write("\nSomebody else changed it meanwhile. The plan is now:\n\n");
    show(changed);
    await getAnswer(changed, question, context);
  };
  const replan = async () => ({ plan: await look(), model: undefined, revision: 0 });
  const command = "axon destroy";
  const source = undefined;
  const { on: routerOn } = opened.router;
  const run = {
    deployment,
    routerOn,
    engine,
    store,
    plan,
    command,
    lockTimeout,
    source,
    replan,
    agreed,
  };
  const exitCode = await runLocked(run, context);
  // All is done by now, and a key that says that nobody has the lock keeps nobody from anything.
  await removeFreeLock(store, deployment).catch(() => undefined);
  return exitCode;
}

async function observe(
  deployment: string,
  { engine, opened }: Open,
  context: Context,
): Promise<Live> {
  if (opened !== undefined) return observeThrough({ engine, opened, deployment }, context);
  const live = await engine.observe(deployment, context.stop);
  return { engine: live, store: absentStore(), managedStore: undefined };
}

/** The store itself cannot keep the lock under which it is removed. */
async function destroyUnlocked(run: RunPlan, context: Context): Promise<number> {
  const { plan } = run;
  const began = context.now().getTime();
  const verdict = await runPlan(run, context);
  if (verdict.exitCode !== undefined) {
    context.stderr.write(renderFailure(plan, verdict));
    throw failureOf(verdict);
  }
  context.stdout.write(renderDone(plan, context.now().getTime() - began));
  return 0;
}

/** Without the store, what it remembers of the deployment would be left behind. */
function checkStoreRuns(opened: OpenedPlace | undefined): void {
  if (opened?.container === undefined || opened.store !== undefined) return;
  const { name, status } = opened.container;
  throw new AxonError("STORE_UNREACHABLE", `the managed store ${name} is ${status}`, {
    hint: `Start it with: docker start ${name}`,
  });
}

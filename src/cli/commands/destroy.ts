import type { Engine } from "../../engine/engine.ts";
import { AxonError } from "../../errors.ts";
import { planDestruction } from "../../plan/plan-destruction.ts";
import { renderPlan } from "../../plan/render-text.ts";
import { ownsRoute } from "../../routing/route-name.ts";
import { routeNameOf } from "../../routing/route-of-key.ts";
import { absentStore, observeStore } from "../../state/observe-store.ts";
import { getAnswer } from "../answer.ts";
import type { Context } from "../context.ts";
import { checkDeploymentName, systemName } from "../load-servicefile.ts";
import { type OpenedStore, openStore } from "../open-store.ts";
import { failureOf, renderDone, renderFailure } from "../output/verdict.ts";
import { runPlan } from "../run-plan.ts";

export interface DestroyOptions {
  readonly deployment: string;
  readonly kv: string | undefined;
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
): Promise<OpenedStore | undefined> {
  if (options.deployment !== systemName(context.env)) return openStore(options.kv, engine, context);
  return undefined;
}

interface Open {
  readonly engine: Engine;
  readonly opened: OpenedStore | undefined;
}

async function destroy(
  options: DestroyOptions,
  { engine, opened }: Open,
  context: Context,
): Promise<number> {
  const { deployment } = options;
  checkStoreRuns(opened);
  const store = opened?.store;
  const [engineState, storeState] = await Promise.all([
    engine.observe(deployment, context.stop),
    store
      ? observeStore(store, { deployment, ownsRoute, routeNameOf }, context.stop)
      : absentStore(),
  ]);
  const live = { engine: engineState, store: storeState, managedStore: opened?.container };
  const plan = planDestruction(deployment, live, { volumes: options.volumes });
  const title = `${deployment} on ${engine.description}, store ${opened?.description ?? "none"}`;
  context.stdout.write(renderPlan(plan, { title, paint: context.palette }));
  if (plan.changes.length === 0) return 0;
  await getAnswer(plan, { text: `Destroy ${deployment}?`, yes: options.yes }, context);

  const began = context.now().getTime();
  const verdict = await runPlan({ plan, engine, store }, context);
  if (verdict.exitCode !== undefined) {
    context.stderr.write(renderFailure(plan, verdict));
    throw failureOf(verdict);
  }
  context.stdout.write(renderDone(plan, context.now().getTime() - began));
  return 0;
}

/** Without the store, what it remembers of the deployment would be left behind. */
function checkStoreRuns(opened: OpenedStore | undefined): void {
  if (opened?.container === undefined || opened.store !== undefined) return;
  const { name, status } = opened.container;
  throw new AxonError("STORE_UNREACHABLE", `the managed store ${name} is ${status}`, {
    hint: `Start it with: docker start ${name}`,
  });
}

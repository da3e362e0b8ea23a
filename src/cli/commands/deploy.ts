import { AxonError } from "../../errors.ts";
import { renderPlan } from "../../plan/render-text.ts";
import { ensureDigestKey } from "../../state/digest-key.ts";
import { getAnswer } from "../answer.ts";
import type { Context } from "../context.ts";
import { ensureStore } from "../ensure-store.ts";
import { pullNotice } from "../output/pull-notice.ts";
import { failureOf, renderDone, renderFailure } from "../output/verdict.ts";
import {
  type DeploymentOptions,
  type Prepared,
  preparePlan,
  type Session,
  startSession,
} from "../prepare.ts";
import { runPlan } from "../run-plan.ts";

export interface DeployOptions extends DeploymentOptions {
  readonly yes: boolean;
}

/** Makes what is live what the Servicefile says. Writes nothing when nothing differs. */
export async function runDeploy(options: DeployOptions, context: Context): Promise<number> {
  const session = await startSession(options, context, pullNotice(context));
  try {
    const prepared = await prepareWithStore(session, context);
    try {
      return await deploy(options, { session, prepared }, context);
    } finally {
      await prepared.opened.close();
    }
  } finally {
    await session.engine.close();
  }
}

/** The plan is looked at once before the store is started, so that what is wrong with it is told first. */
async function prepareWithStore(session: Session, context: Context): Promise<Prepared> {
  const first = await preparePlan(session, context);
  if (first.opened.store !== undefined) return first;
  await first.opened.close();
  await ensureStore(session, context);
  return preparePlan(session, context);
}

interface Deployment {
  readonly session: Session;
  readonly prepared: Prepared;
}

async function deploy(
  options: DeployOptions,
  { session, prepared }: Deployment,
  context: Context,
): Promise<number> {
  const { plan, opened } = prepared;
  const { engine } = session;
  const title = `${plan.deployment} on ${engine.description}, store ${opened.description}`;
  context.stdout.write(renderPlan(plan, { title, paint: context.palette }));
  if (plan.changes.length === 0) return 0;
  await getAnswer(plan, { text: `Deploy ${plan.deployment}?`, yes: options.yes }, context);

  await keepDigestKey(prepared);
  const began = context.now().getTime();
  const verdict = await runPlan({ plan, engine, store: opened.store }, context);
  if (verdict.exitCode !== undefined) {
    context.stderr.write(renderFailure(plan, verdict));
    throw failureOf(verdict);
  }
  context.stdout.write(renderDone(plan, context.now().getTime() - began));
  return 0;
}

/** Another deployer may have made a key meanwhile; then what this plan would record means nothing. */
async function keepDigestKey({ plan, opened, digestKey }: Prepared): Promise<void> {
  if (opened.store === undefined) return;
  const kept = await ensureDigestKey(opened.store, plan.deployment, () => digestKey.reveal());
  if (kept.reveal() === digestKey.reveal()) return;
  throw new AxonError(
    "STORE_REFUSED",
    `${plan.deployment} was deployed by somebody else meanwhile`,
    {
      hint: "Run the deploy again.",
    },
  );
}

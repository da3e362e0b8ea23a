import { AxonError } from "../../errors.ts";
import type { Plan } from "../../plan/plan.ts";
import { renderPlan } from "../../plan/render-text.ts";
import { checkSame, type SavedPlan } from "../../plan/saved-plan.ts";
import { pendingKey } from "../../routing/pending-key.ts";
import { ensureDigestKey } from "../../state/digest-key.ts";
import { storeNotRunning } from "../../system/find-store.ts";
import { getAnswer } from "../answer.ts";
import type { Context } from "../context.ts";
import { ensureStore } from "../ensure-store.ts";
import { sourceOf } from "../origin.ts";
import { pullNotice } from "../output/pull-notice.ts";
import { type Prepared, planNow, preparePlan } from "../prepare.ts";
import { preparedForLate } from "../prepare-late.ts";
import { runLocked, wasCutOff } from "../run-locked.ts";
import { readSavedPlan, savedFrom } from "../saved.ts";
import { type DeploymentOptions, type Session, startSession } from "../session.ts";
import type { LockOptions } from "../take-lock.ts";

export interface DeployOptions extends DeploymentOptions, LockOptions {
  readonly yes: boolean;
  /** Exit with 2 when something is held. */
  readonly detailedExitcode: boolean;
  /** File with a saved plan: exactly that one is performed, and nobody is asked. */
  readonly plan: string | undefined;
}

/** Makes what is live what the Servicefile says. Writes nothing when nothing differs. */
export async function runDeploy(options: DeployOptions, context: Context): Promise<number> {
  const saved = await savedOf(options, context);
  const session = await startSession(options, context, pullNotice(context));
  try {
    const prepared = await prepareWithStore(session, context);
    try {
      return await deploy(options, { session, prepared, saved }, context);
    } finally {
      await prepared.opened.close();
    }
  } finally {
    await session.engine.close();
  }
}

async function savedOf({ plan, pull }: DeployOptions, context: Context) {
  if (plan === undefined) return undefined;
  if (!pull) return readSavedPlan(plan, context);
  throw new AxonError(
    "USAGE",
    "--pull and --plan are both given, and a saved plan has its images",
    {
      hint: "Pull when the plan is saved: axon plan --pull --out FILE",
    },
  );
}

/** The plan is looked at once before the store is started, so that what is wrong with it is told first. */
async function prepareWithStore(session: Session, context: Context): Promise<Prepared> {
  const first = await preparePlan(session, context);
  if (first.opened.store !== undefined && !first.opened.isUnguarded) return first;
  await first.opened.close();
  await ensureStore(session, context);
  return preparePlan(session, context);
}

interface Deployment {
  readonly session: Session;
  readonly prepared: Prepared;
  readonly saved: SavedPlan | undefined;
}

async function deploy(
  options: DeployOptions,
  { session, prepared, saved }: Deployment,
  context: Context,
): Promise<number> {
  const { plan, opened, digestKey } = prepared;
  const { engine } = session;
  const { store } = opened;
  const show = (shown: Plan) => {
    const title = `${shown.deployment} on ${engine.description}, store ${opened.description}`;
    context.stdout.write(renderPlan(shown, { title, paint: context.palette }));
  };
  show(plan);
  if (saved !== undefined) checkSame(saved, savedFrom({ plan }, prepared));
  let { held } = plan;
  const exitCode = () => (options.detailedExitcode && held.length > 0 ? 2 : 0);
  if (plan.changes.length === 0 && !wasCutOff(prepared.live)) return exitCode();
  const yes = options.yes || saved !== undefined;
  const question = { text: `Deploy ${plan.deployment}?`, yes };
  await getAnswer(plan, question, context);
  if (store === undefined) throw storeGone(opened);

  const known = new Set<string>();
  await runLocked(
    {
      deployment: plan.deployment,
      engine,
      store,
      routerOn: opened.router.on,
      plan,
      command: "axon deploy",
      lockTimeout: options.lockTimeout,
      source: await sourceOf(options.file, context),
      replan: async (guarded) => {
        const key = await ensureDigestKey(guarded, plan.deployment, () => digestKey.reveal());
        const now = await planNow(session, { ...opened, key }, context);
        const { revision = 0, journal, awaited } = now.live.store;
        for (const route of awaited) known.add(pendingKey(route));
        return { ...now, revision: revision + 1, journal };
      },
      agreed: async (changed) => {
        if (saved !== undefined) checkSame(saved, savedFrom({ plan: changed }, prepared));
        context.stdout.write("\nSomebody else changed it meanwhile. The plan is now:\n\n");
        show(changed);
        held = changed.held;
        await getAnswer(changed, question, context);
      },
    },
    context,
  );
  const late =
    saved === undefined ? await preparedForLate(session, { prepared, known }, context) : undefined;
  if (late === undefined) return exitCode();
  context.stdout.write("\nSomebody waits for what is there by now. The plan is now:\n\n");
  return deploy(options, { session, prepared: late, saved }, context);
}

function storeGone({ container, description }: Prepared["opened"]): AxonError {
  if (container !== undefined) return storeNotRunning(container);
  return new AxonError("STORE_UNREACHABLE", `the store is not there: ${description}`);
}

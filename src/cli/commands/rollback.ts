import { withToken } from "../../build-model/with-token.ts";
import { AxonError } from "../../errors.ts";
import type { Live, LiveStore } from "../../live.ts";
import type { Model } from "../../model.ts";
import { own } from "../../own.ts";
import { withoutResources } from "../../plan/hold-back.ts";
import type { Plan } from "../../plan/plan.ts";
import { renderPlan } from "../../plan/render-text.ts";
import { withRouterFaults } from "../../plan/router-faults.ts";
import { withUnseenHealth } from "../../plan/unseen-health.ts";
import { wantedBy } from "../../plan/unwanted.ts";
import { withArrived } from "../../routing/pending-routes.ts";
import { Secret, type Text } from "../../secret.ts";
import { keyedDigest } from "../../state/digest-key.ts";
import { keysOfCutOff } from "../../state/journal.ts";
import { readCatalogue } from "../../state/read-catalogue.ts";
import { deployOutcome, type RevisionRecord } from "../../state/revision-record.ts";
import { listRevisions, readRevision, type StoredRevision } from "../../state/revisions.ts";
import { getAnswer } from "../answer.ts";
import { checkImages } from "../check-images.ts";
import type { Context } from "../context.ts";
import { checkDeploymentName } from "../load-servicefile.ts";
import { observeThrough, planWithHistory, situationOf } from "../prepare.ts";
import { runLocked, wasCutOff } from "../run-locked.ts";
import { tokenNotices, wantedToken } from "../store-tokens.ts";
import type { LockOptions } from "../take-lock.ts";
import { type OpenPlace, type PlaceOptions, withStore } from "../with-store.ts";

export interface RollbackOptions extends PlaceOptions, LockOptions {
  readonly deployment: string;
  /** undefined: the last complete one before the current one. */
  readonly revision: number | undefined;
  /** Run one-shots again that the revision would run. */
  readonly tasks: boolean;
  readonly yes: boolean;
}

/** Makes what is live what an earlier revision was: images by content, variables, configuration, routes. */
export function runRollback(options: RollbackOptions, context: Context): Promise<number> {
  checkDeploymentName(options.deployment);
  return withStore(options, context, async (place) => {
    const target = await findRevision(options, place, context);
    return rollBack(options, { place, target }, context);
  });
}

interface Rollback {
  readonly place: OpenPlace;
  readonly target: DeployedRevision;
}

type DeployedRevision = StoredRevision & { readonly model: Model };

async function rollBack(
  options: RollbackOptions,
  { place, target }: Rollback,
  context: Context,
): Promise<number> {
  const { deployment } = options;
  const { engine, opened, store } = place;
  const { number } = target.record;
  const wanted = { target, tasks: options.tasks };
  const show = (shown: Plan) => {
    const title = `${deployment} back to revision ${number} on ${engine.description}, store ${opened.description}`;
    context.stdout.write(renderPlan(shown, { title, paint: context.palette }));
  };
  const { plan, live } = await planBack(wanted, place, context);
  show(plan);
  if (plan.changes.length === 0 && !wasCutOff(live)) return 0;
  const question = { text: `Roll ${deployment} back to revision ${number}?`, yes: options.yes };
  await getAnswer(plan, question, context);
  return runLocked(
    {
      deployment,
      engine,
      store,
      routerOn: place.opened.router.on,
      plan,
      command: `axon rollback ${number}`,
      lockTimeout: options.lockTimeout,
      source: target.record.source,
      replan: async () => {
        const now = await planBack(wanted, place, context);
        const { revision = 0, journal } = now.live.store;
        return { ...now, revision: revision + 1, journal };
      },
      agreed: async (changed) => {
        context.stdout.write("\nSomebody else changed it meanwhile. The plan is now:\n\n");
        show(changed);
        await getAnswer(changed, question, context);
      },
    },
    context,
  );
}

interface WayBack {
  readonly target: DeployedRevision;
  readonly tasks: boolean;
}

interface PlannedBack {
  readonly plan: Plan;
  /** What the history remembers: the revision's, as it is by now. */
  readonly model: Model;
  readonly live: Live;
  readonly restored: readonly string[];
}

async function planBack(
  { target, tasks }: WayBack,
  { engine, opened, store }: OpenPlace,
  context: Context,
): Promise<PlannedBack> {
  const { problem } = opened.router;
  if (problem !== undefined && Object.keys(target.model.routes).length > 0) throw problem;
  const { deployment } = target.model;
  const [live, elsewhere] = await Promise.all([
    observeThrough({ engine, opened, deployment }, context),
    readCatalogue(store, { deployments: awaitedBy(target.model), services: [] }, context.stop),
  ]);
  const digestKey = live.store.digestKey ?? new Secret(context.random());
  const digest = (text: string) => keyedDigest(digestKey, text);
  const { records } = await listRevisions(store, deployment, context.stop);
  const restored = keysBack(target, records, live.store);
  // Only a deploy starts a store anew that asks nobody for a token yet.
  const asks = { isManaged: opened.isManaged && !opened.isUnguarded };
  const situation = { ...situationOf(deployment, { opened, live, digestKey }), ...asks };
  const token = wantedToken(situation);
  const model = withToken(withArrived(target.model, elsewhere), token);
  const wanted = withoutResources(tasks ? model : { ...model, tasks: {} });
  const { plan } = await planWithHistory(
    { model: wanted, live, store },
    { digest, restored, format: opened.router.format, notices: tokenNotices(situation) },
    context,
  );
  await checkImages({ plan, revision: target.record.number }, engine, context.stop);
  const source = `revision ${target.record.number}`;
  return {
    live,
    model,
    plan: wantedBy(source, withUnseenHealth(withRouterFaults(plan, live.store), live)),
    restored: Object.keys(restored),
  };
}

/** The deployments whose services its domains waited for. */
function awaitedBy({ pending = {} }: Model): readonly string[] {
  return [...new Set(Object.values(pending).map(({ awaits }) => awaits.deployment))];
}

/**
 * The keys that persons have changed since, and those that the file named only later, as they were. What
 * services and init-regions wrote by themselves is left alone.
 */
function keysBack(
  { record, config }: StoredRevision,
  records: readonly RevisionRecord[],
  { ownedConfig, journal }: LiveStore,
): Readonly<Record<string, Text | undefined>> {
  if (config === undefined) return {};
  const later = records.filter(({ number }) => number > record.number);
  const changed = [...later.map(({ keys = {} }) => keys), keysOfCutOff(journal)].flatMap((keys) =>
    Object.keys(keys),
  );
  return Object.fromEntries([...changed, ...ownedConfig].map((key) => [key, own(config, key)]));
}

async function findRevision(
  { deployment, revision }: RollbackOptions,
  { store }: OpenPlace,
  context: Context,
): Promise<DeployedRevision> {
  const read = async (number: number) => {
    const { model, ...found } = await readRevision(store, { deployment, number }, context.stop);
    if (model === undefined) throw holdsKeysOnly(deployment, number);
    return { ...found, model };
  };
  if (revision !== undefined) return read(revision);
  const { records } = await listRevisions(store, deployment, context.stop);
  const [current, ...earlier] = records;
  const last = earlier.find((record) => deployOutcome(record) === "complete");
  if (current === undefined || last === undefined) {
    throw new AxonError("REVISION_UNKNOWN", `${deployment} has no earlier revision to go back to`, {
      hint: `Look at: axon history -D ${deployment}`,
    });
  }
  return read(last.number);
}

function holdsKeysOnly(deployment: string, number: number): AxonError {
  const problem = `revision ${number} of ${deployment} holds keys only: nothing was deployed yet`;
  return new AxonError("REVISION_UNKNOWN", problem, {
    hint: `See what a key was with: axon kv get KEY -D ${deployment} --revision ${number}`,
  });
}

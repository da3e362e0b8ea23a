import { buildModel } from "../build-model/build-model.ts";
import { outsideNeeds } from "../build-model/outside-needs.ts";
import type { Engine } from "../engine/engine.ts";
import type { Live } from "../live.ts";
import type { Model } from "../model.ts";
import { own } from "../own.ts";
import { asDeployed, holdBack } from "../plan/hold-back.ts";
import type { Notice, Plan } from "../plan/plan.ts";
import { type PlanOptions, planDeployment } from "../plan/plan-deployment.ts";
import { withRouterFaults } from "../plan/router-faults.ts";
import { withUnseenHealth } from "../plan/unseen-health.ts";
import { claimingRoutes } from "../routing/claims.ts";
import { Secret, type Text } from "../secret.ts";
import type { GenerateSpec } from "../servicefile/servicefile.ts";
import { contentDigest, keyedDigest } from "../state/digest-key.ts";
import { readCatalogue } from "../state/read-catalogue.ts";
import { deployOutcome } from "../state/revision-record.ts";
import { readRevision } from "../state/revisions.ts";
import { stateOf } from "../system/find-store.ts";
import { withAdopted } from "./adopt.ts";
import { certificateReader } from "./certificate-reader.ts";
import type { Context } from "./context.ts";
import { generateValue } from "./generate-value.ts";
import { hostPathsOf } from "./host-paths.ts";
import { systemName } from "./load-servicefile.ts";
import { type RouterThere, routerThere } from "./managed-router.ts";
import type { OpenedPlace } from "./open-place.ts";
import type { OpenedRouter } from "./open-router.ts";
import type { OpenedStore } from "./open-store.ts";
import { openPasswordHash } from "./password-hash.ts";
import { type FirstLook, look, lookIntoStore, type Session } from "./session.ts";
import { type TokenSituation, tokenNotices, wantedToken } from "./store-tokens.ts";
import { withJournal } from "./with-journal.ts";

export interface Prepared extends Planned {
  readonly opened: OpenedPlace;
}

/** One look and the plan that comes of it. */
export interface Planned {
  readonly plan: Plan;
  /** What will be there after it: without what is held. */
  readonly model: Model;
  readonly live: Live;
  /** The deployment's own, or one that becomes its own with the first deploy. */
  readonly digestKey: Secret;
  /** The deployment has a key already. */
  readonly hasKey: boolean;
}

/** Looks at engine and store and works out the plan. Reads only. */
export async function preparePlan(session: Session, context: Context): Promise<Prepared> {
  const { opened, ...seen } = await (session.looking.pop() ?? look(session, context));
  try {
    return { opened, ...(await planNow(session, { ...opened, seen }, context)) };
  } catch (problem) {
    await opened.close();
    throw problem;
  }
}

export interface LookThrough extends OpenedPlace {
  /** Of an earlier look, so that a deployment without a key of its own is planned with the same one. */
  readonly key?: Secret;
  /** Where both were looked at already. */
  readonly seen?: Omit<FirstLook, "opened">;
}

export async function planNow(
  session: Session,
  opened: LookThrough,
  context: Context,
): Promise<Planned> {
  const { engine, wanted } = session;
  const { store } = opened;
  const isRouted = Object.keys(wanted.servicefile.domains).length > 0;
  if (isRouted && opened.router.problem !== undefined) throw opened.router.problem;
  const [engineState, { storeState, token }, hash, router] = await Promise.all([
    opened.seen?.engineState ?? engine.observe(wanted.deployment, context.stop),
    opened.seen ?? lookIntoStore(opened, wanted.deployment, context),
    openPasswordHash(wanted.servicefile.domains),
    isRouted ? routerOf(engine, context) : undefined,
  ]);
  const managedStore = opened.container;
  const looked: Live = { engine: engineState, store: storeState, managedStore, token };
  const knownKey = storeState.digestKey;
  const digestKey = knownKey ?? opened.key ?? new Secret(context.random());
  const situation = situationOf(wanted.deployment, { opened, live: looked, digestKey });
  const given = {
    ...wanted,
    token: wantedToken(situation),
    endpoints: storeState.endpoints,
    config: storeState.config,
    resources: Object.keys(storeState.resources),
    otherRoutes: claimingRoutes(storeState),
    routeFormat: opened.router.format,
    httpsPort: router && httpsPortOf(router, opened.router),
    foreignNetworks: Object.keys(engineState.foreign.networkNames),
    store: opened.access,
    customerId: context.env.AXON_CUSTOMER_ID ?? "default",
    hash,
    certificates: certificateReader(context.now),
    generated: (name: string, spec: GenerateSpec) =>
      own(storeState.generated, name) ?? proposal(session, name, spec),
    digest: (content: Text) => contentDigest(digestKey, content),
  };
  const foreignEndpoints = await readCatalogue(store, outsideNeeds(given), context.stop);
  const { model, notices } = buildModel({ ...given, foreignEndpoints });
  const isAwaited = router === undefined && storeState.awaited.length > 0;
  const managedRouter = (isAwaited ? await routerOf(engine, context) : router)?.container;
  const adopting = {
    engine,
    model,
    live: { ...looked, managedRouter },
    wanted: session.options.adopt === true,
  };
  const live = await withAdopted(adopting, context);
  const digest = (text: string) => keyedDigest(digestKey, text);
  const { plan, last } = await planWithHistory(
    { model, live, store },
    {
      digest,
      format: opened.router.format,
      hostPaths: hostPathsOf(wanted.servicefile, wanted.inputs.directory),
      pruneVolumes: session.options.pruneVolumes === true,
      notices: [...notices, ...storeState.notices]
        .map(asNotice)
        .concat(storeNotices(opened), tokenNotices(situation)),
    },
    context,
  );
  return {
    plan: withJournal(withUnseenHealth(withRouterFaults(plan, storeState), live), storeState),
    model: asDeployed(holdBack(model, live, digest), last),
    live,
    digestKey,
    hasKey: knownKey !== undefined,
  };
}

/** What decides on the token of a deployment. */
export function situationOf(
  deployment: string,
  { opened, live, digestKey }: TokenFacts,
): TokenSituation {
  const { isManaged } = opened;
  return { deployment, isManaged, token: live.token, number: live.store.tokenNumber, digestKey };
}

interface TokenFacts {
  readonly opened: OpenedStore;
  readonly live: Live;
  readonly digestKey: Secret;
}

function proposal({ proposals }: Session, name: string, spec: GenerateSpec): Secret {
  const value = proposals.get(name) ?? new Secret(generateValue(spec));
  proposals.set(name, value);
  return value;
}

interface Look {
  readonly model: Model;
  readonly live: Live;
  readonly store: OpenedStore["store"];
}

/** What the last deploy made tells what others changed since; it is read only where anything differs. */
export async function planWithHistory(
  { model, live, store }: Look,
  options: PlanOptions,
  context: Context,
): Promise<{ readonly plan: Plan; readonly last?: Model }> {
  const plan = planDeployment(model, live, options);
  const number = live.store.revision;
  if (plan.changes.length === 0 || store === undefined || number === undefined) return { plan };
  // What a run does that is under way or was cut off is in no revision, and is nobody else's doing.
  if (live.store.journal !== undefined) return { plan };
  const { deployment } = model;
  const last = await readRevision(store, { deployment, number }, context.stop).catch(
    () => undefined,
  );
  if (last?.model === undefined || deployOutcome(last.record) !== "complete") return { plan };
  const previous = last.model;
  return { plan: planDeployment(model, live, { ...options, previous }), last: previous };
}

export interface Observed {
  readonly engine: Engine;
  readonly opened: OpenedPlace;
  readonly deployment: string;
}

/** One look at what is live of a deployment, without a Servicefile. */
export async function observeThrough(
  { engine, opened, deployment }: Observed,
  context: Context,
): Promise<Live> {
  const [engineState, { storeState, token }] = await Promise.all([
    engine.observe(deployment, context.stop),
    lookIntoStore(opened, deployment, context),
  ]);
  const managedStore = opened.container;
  const live = { engine: engineState, store: storeState, managedStore, token };
  return withAdopted({ engine, model: { deployment, services: {} }, live, wanted: false }, context);
}

function asNotice(message: string): Notice {
  return { code: "NOTICE", message };
}

/** Looked for only where a route could lead through it. */
function routerOf(engine: Engine, context: Context) {
  return routerThere(engine, systemName(context.env), context);
}

/** A router that Axon runs has HTTPS where it publishes it. */
function httpsPortOf({ kind, container }: RouterThere, opened: OpenedRouter): number | undefined {
  if (opened.isElsewhere || opened.format.router !== kind) return undefined;
  const { bound, spec } = container;
  const places = [...bound, ...spec.publish].filter(({ port }) => port === 443);
  return places.find(({ hostPort }) => hostPort !== 0)?.hostPort;
}

function storeNotices({ isManaged, isUnguarded, store, container }: OpenedStore): Notice[] {
  if (!isManaged) return [];
  if (isUnguarded && container !== undefined)
    return [{ code: "STORE_UNGUARDED", message: UNGUARDED }];
  if (store !== undefined) return [];
  const message =
    container === undefined
      ? "the managed store is not there yet; deploy starts it first"
      : `the managed store ${container.name} is ${stateOf(container)}; deploy starts it first. What it remembers is not in this plan`;
  return [{ code: "STORE_ABSENT", message }];
}

const UNGUARDED =
  "the managed store is from an earlier Axon and lets everybody read and write; deploy starts it anew so that it asks for tokens, and keeps its data";

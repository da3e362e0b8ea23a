import type { RunVerdict } from "../apply/judge-run.ts";
import type { Engine } from "../engine/engine.ts";
import { AxonError } from "../errors.ts";
import { withoutImage } from "../fields/table.ts";
import type { LiveContainer } from "../live.ts";
import type { Model } from "../model.ts";
import type { Plan } from "../plan/plan.ts";
import { planDeployment } from "../plan/plan-deployment.ts";
import { renderPlan } from "../plan/render-text.ts";
import { systemClock } from "../state/clock.ts";
import { absentStore } from "../state/observe-store.ts";
import { findStore, isSound } from "../system/find-store.ts";
import { asksForTokens, ensureStoreToken, readStoreToken } from "../system/store-token.ts";
import { STORE_SERVICE, storeName, systemModel } from "../system/system-model.ts";
import { onlyPart } from "../system/system-part.ts";
import type { Context } from "./context.ts";
import { systemName } from "./load-servicefile.ts";
import { resolveImage } from "./resolve-images.ts";
import { runPlan } from "./run-plan.ts";
import type { Session } from "./session.ts";

/** Without a version, a new machine would get one that nobody has tried. */
export const DEFAULT_STORE_IMAGE = "hashicorp/consul:1.22";

/**
 * Creates or starts the managed store, and waits until it is healthy. One that does not take the token on its
 * volume, or of an earlier Axon, is started anew; its data stays. Nothing locks it: who comes second to a name
 * looks again, and finds what the first one has made.
 */
export async function ensureStore(session: StoreSession, context: Context): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const made = await makeStore(session, attempt, context);
    if (made.kind === "made" || attempt === MOST_ATTEMPTS) return checkMade(made);
    if (attempt === 1 && made.kind === "second") {
      context.stderr.write("somebody else is making the managed store, too: waiting\n");
    }
    if (made.kind !== "begun") await systemClock.sleep(pauseAfter(attempt), context.stop);
  }
}

const MOST_ATTEMPTS = 8;

/**
 * Milliseconds. The engine keeps a name from when it begins to make a container, and tells of it when it has made
 * it: there is nothing to wait for but time.
 */
function pauseAfter(attempt: number): number {
  return Math.min(1_600, 50 * 2 ** attempt);
}

/** What of a session it takes. */
export interface StoreSession extends Pick<Session, "engine" | "onEvent"> {
  /** Sees the plan before anything is done; may refuse by throwing. */
  readonly agree?: (plan: Plan) => Promise<void>;
}

/** Then a container without a token is nobody's any more who would still put one there. */
const ABANDONED_AFTER = 5;

type Making =
  | { readonly kind: "made"; readonly verdict: RunVerdict; readonly model: Model }
  /** Its container is there, does not run, and has a token. */
  | { readonly kind: "begun" }
  /** Somebody else is at it. */
  | { readonly kind: "second"; readonly error: AxonError };

async function makeStore(
  session: StoreSession,
  attempt: number,
  context: Context,
): Promise<Making> {
  const { engine } = session;
  const deployment = systemName(context.env);
  const [live, store] = await Promise.all([
    engine.observe(deployment, context.stop),
    findStore(engine, deployment, context.stop),
  ]);
  const isGuarded = store !== undefined && asksForTokens(store);
  const before = isGuarded && (await prepareToken(engine, { store, attempt }, context));
  if (before) return before;
  const model = await wantedSystem(session, store, context);
  const plan = planDeployment(
    model,
    { engine: onlyPart(live, STORE_SERVICE), store: absentStore(), managedStore: undefined },
    { digest: () => "" },
  );
  if (attempt === 1) tellPlan(plan, { engine, store }, context);
  await session.agree?.(plan);
  const first = store && !isGuarded && (await prepareToken(engine, { store, attempt }, context));
  if (first) return first;
  const part = store === undefined ? creationOf(plan) : plan;
  const verdict = await runPlan({ plan: part, engine, store: undefined }, context);
  const taken = verdict.failed.find(({ error }) => error.code === "NAME_TAKEN");
  if (taken !== undefined) return { kind: "second", error: taken.error };
  if (store !== undefined || verdict.exitCode !== undefined)
    return { kind: "made", verdict, model };
  await placeToken(engine, storeName(deployment), context);
  return { kind: "begun" };
}

interface Attempt {
  readonly store: LiveContainer;
  readonly attempt: number;
}

/**
 * The store never starts without a token on its volume. One that runs and does not take it stops, and takes it
 * when it starts again. Answers what must be seen anew; undefined: nothing.
 */
async function prepareToken(
  engine: Engine,
  { store, attempt }: Attempt,
  context: Context,
): Promise<Making | undefined> {
  const token = await readStoreToken(engine, store.id, context.stop);
  // Who has just made the container will put one there.
  if (token === undefined && store.status === "created" && attempt < ABANDONED_AFTER) {
    return { kind: "second", error: takenBySomebody(store) };
  }
  await placeToken(engine, store.id, context);
  const isOutOfUse = store.status !== "running" || !asksForTokens(store);
  if (isOutOfUse || isSound(store, token)) return undefined;
  await engine.stopContainer(store.id, undefined, context.stop);
  return { kind: "begun" };
}

function placeToken(engine: Engine, container: string, context: Context): Promise<void> {
  return ensureStoreToken({ engine, container, random: context.random, signal: context.stop });
}

/** All that comes before the start. */
function creationOf(plan: Plan): Plan {
  const isCreation = ({ kind }: Plan["operations"][number]) => kind.endsWith(".create");
  return { ...plan, changes: [], operations: plan.operations.filter(isCreation) };
}

interface Telling {
  readonly engine: Engine;
  readonly store: LiveContainer | undefined;
}

function tellPlan(plan: Plan, { engine, store }: Telling, context: Context): void {
  if (plan.changes.length === 0) return;
  const title = `${plan.deployment} on ${engine.description}: the managed store`;
  context.stdout.write(`${renderPlan(plan, { title, paint: context.palette })}\n`);
  if (store !== undefined && !asksForTokens(store)) context.stdout.write(`${GUARDED}\n`);
}

const GUARDED = `From now on it asks for tokens, and keeps its data. This deployment's containers get theirs now, those of other
deployments with their next deploy; until then, it refuses them.
`;

function takenBySomebody({ name }: LiveContainer): AxonError {
  return new AxonError("NAME_TAKEN", `${name} was made by somebody else and has no token yet`);
}

async function wantedSystem(
  { engine, onEvent }: StoreSession,
  live: LiveContainer | undefined,
  context: Context,
): Promise<Model> {
  const reference = live?.spec.image.id ?? context.env.AXON_CONSUL_IMAGE ?? DEFAULT_STORE_IMAGE;
  const image = await resolveImage(reference, { engine, signal: context.stop, onEvent });
  const model = systemModel(systemName(context.env), { reference, id: image.id }, live);
  const services = Object.entries(model.services).map(([name, service]) => [
    name,
    { ...service, container: withoutImage(service.container, image.defaults) },
  ]);
  return { ...model, services: Object.fromEntries(services) };
}

function checkMade(made: Making): void {
  if (made.kind === "second") throw made.error;
  if (made.kind === "begun" || made.verdict.exitCode === undefined) return;
  const { verdict, model } = made;
  const name = model.services[STORE_SERVICE]?.containerNames[0] ?? STORE_SERVICE;
  const reason = verdict.failed[0]?.error.message ?? "it was interrupted";
  throw new AxonError("STORE_UNHEALTHY", `the managed store ${name} did not start: ${reason}`, {
    hint: `Look at it with: docker logs ${name}`,
    exitCode: verdict.exitCode,
  });
}

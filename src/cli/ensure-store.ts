import type { RunVerdict } from "../apply/judge-run.ts";
import { AxonError } from "../errors.ts";
import { withoutImage } from "../fields/table.ts";
import type { LiveContainer } from "../live.ts";
import type { Model } from "../model.ts";
import { planDeployment } from "../plan/plan-deployment.ts";
import { renderPlan } from "../plan/render-text.ts";
import { systemClock } from "../state/clock.ts";
import { absentStore } from "../state/observe-store.ts";
import { findStore } from "../system/find-store.ts";
import { STORE_SERVICE, systemModel } from "../system/system-model.ts";
import { onlyPart } from "../system/system-part.ts";
import type { Context } from "./context.ts";
import { systemName } from "./load-servicefile.ts";
import { resolveImage } from "./resolve-images.ts";
import { runPlan } from "./run-plan.ts";
import type { Session } from "./session.ts";

export const DEFAULT_STORE_IMAGE = "hashicorp/consul";

/**
 * Creates or starts the managed store, and waits until it is healthy. It only ever adds or starts. Nothing
 * locks it: who comes second to a name looks again, and finds what the first one has made.
 */
export async function ensureStore(session: StoreSession, context: Context): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const isFirst = attempt === 1;
    const { verdict, model } = await makeStore(session, { isFirst }, context);
    const isSecond = verdict.failed.some(({ error }) => error.code === "NAME_TAKEN");
    if (!isSecond || attempt === MOST_ATTEMPTS) return checkStarted(verdict, model);
    if (isFirst) context.stderr.write("somebody else is making the managed store, too: waiting\n");
    await systemClock.sleep(pauseAfter(attempt), context.stop);
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
export type StoreSession = Pick<Session, "engine" | "onEvent">;

async function makeStore(
  session: StoreSession,
  { isFirst }: { readonly isFirst: boolean },
  context: Context,
) {
  const { engine } = session;
  const deployment = systemName(context.env);
  const [live, store] = await Promise.all([
    engine.observe(deployment, context.stop),
    findStore(engine, deployment, context.stop),
  ]);
  const model = await wantedSystem(session, store, context);
  const plan = planDeployment(
    model,
    { engine: onlyPart(live, STORE_SERVICE), store: absentStore(), managedStore: undefined },
    { digest: () => "" },
  );
  const title = `${deployment} on ${engine.description}: the managed store`;
  if (isFirst && plan.changes.length > 0) {
    context.stdout.write(`${renderPlan(plan, { title, paint: context.palette })}\n`);
  }
  return { verdict: await runPlan({ plan, engine, store: undefined }, context), model };
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

function checkStarted({ failed, exitCode }: RunVerdict, { services }: Model): void {
  if (exitCode === undefined) return;
  const name = services[STORE_SERVICE]?.containerNames[0] ?? STORE_SERVICE;
  const reason = failed[0]?.error.message ?? "it was interrupted";
  throw new AxonError("STORE_UNHEALTHY", `the managed store ${name} did not start: ${reason}`, {
    hint: `Look at it with: docker logs ${name}`,
    exitCode,
  });
}

import type { Engine } from "../../engine/engine.ts";
import { AxonError } from "../../errors.ts";
import { withoutImage } from "../../fields/table.ts";
import type { ImageDefaults, LiveEngine } from "../../live.ts";
import type { Model } from "../../model.ts";
import { idsOf, join } from "../../plan/piece.ts";
import type { Change, Plan } from "../../plan/plan.ts";
import { planDeployment } from "../../plan/plan-deployment.ts";
import { planRevocation } from "../../plan/plan-revocation.ts";
import { renderPlan } from "../../plan/render-text.ts";
import { absentStore } from "../../state/observe-store.ts";
import { findCaddy } from "../../system/find-router.ts";
import { type RouterKind, routerModel } from "../../system/router-model.ts";
import { STORE_SERVICE } from "../../system/system-model.ts";
import { noPart, onlyPart } from "../../system/system-part.ts";
import { getAnswer } from "../answer.ts";
import type { Context } from "../context.ts";
import { systemName } from "../load-servicefile.ts";
import { routerThere } from "../managed-router.ts";
import { renderStatus } from "../output/status.ts";
import { failureOf, renderDone, renderFailure } from "../output/verdict.ts";
import { authorityChange, bringAuthority } from "../router-authority.ts";
import {
  ensureRouterStore,
  lookAtRouterStore,
  ROUTER_TOKEN,
  type RouterStore,
} from "../router-token.ts";
import { type RouterFlags, routerWish } from "../router-wish.ts";
import { runPlan } from "../run-plan.ts";
import { readsManagedStore } from "../traefik-provider.ts";

export type SystemAction = "up" | "down" | "status";

export interface SystemOptions extends RouterFlags {
  readonly action: SystemAction;
  readonly docker: string | undefined;
  /** Its data too. */
  readonly volumes: boolean;
  readonly yes: boolean;
}

/** Runs what deployments share: so far, the router. */
export async function runSystem(options: SystemOptions, context: Context): Promise<number> {
  const engine = await context.openEngine(options.docker);
  try {
    await engine.version(context.stop);
    await ACTIONS[options.action](
      { options, engine, deployment: systemName(context.env) },
      context,
    );
    return 0;
  } finally {
    await engine.close();
  }
}

interface Request {
  readonly options: SystemOptions;
  readonly engine: Engine;
  readonly deployment: string;
}

const ACTIONS: Readonly<
  Record<SystemAction, (request: Request, context: Context) => Promise<void>>
> = { up, down, status };

async function up({ options, engine, deployment }: Request, context: Context): Promise<void> {
  const there = await routerThere(engine, deployment, context);
  const kind = options.kind ?? there?.kind ?? "traefik";
  if (there !== undefined && there.kind !== kind) throw isThere(there.kind, kind);
  const live = there?.container;
  const needsToken = kind === "traefik" && (await readsManagedStore(options, live, context));
  const { yes } = options;
  const store = needsToken ? await ensureRouterStore({ engine, yes }, context) : undefined;
  try {
    const place = { engine, kind, live, token: store?.wanted?.value };
    const { wish, defaults } = await routerWish(options, place, context);
    const model = withoutDefaults(routerModel(deployment, wish), defaults);
    const part = { options, engine, model: { ...model, token: store?.wanted }, kind, store };
    const plan = await planPart(part, context);
    const differing = kind === "caddy" ? await differingAuthority(part, plan, context) : [];
    await carryOut(
      part,
      { plan, shown: { ...plan, changes: [...plan.changes, ...differing] } },
      context,
    );
  } finally {
    await store?.close();
  }
}

/** A Caddy that is made anew is told in any case. */
async function differingAuthority(
  { engine, model: { deployment } }: Part,
  { operations }: Plan,
  context: Context,
): Promise<readonly Change[]> {
  const caddy = await findCaddy(engine, deployment, context.stop);
  if (operations.length > 0 || caddy === undefined) return [];
  return [await authorityChange(engine, caddy, context)].filter((one) => one !== undefined);
}

/** What the image supplies is no difference. */
function withoutDefaults(model: Model, defaults: ImageDefaults): Model {
  const services = Object.entries(model.services).map(([name, service]) => [
    name,
    { ...service, container: withoutImage(service.container, defaults) },
  ]);
  return { ...model, services: Object.fromEntries(services) };
}

function isThere(there: RouterKind, wanted: RouterKind): AxonError {
  const message = `the router is ${there}, and ${wanted} would need the same ports`;
  return new AxonError("USAGE", message, { hint: "Run axon system down router first." });
}

async function down({ options, engine, deployment }: Request, context: Context): Promise<void> {
  const there = await routerThere(engine, deployment, context);
  const store = await lookAtRouterStore(engine, context);
  try {
    const kind = there?.kind ?? options.kind ?? "traefik";
    const part = { options, engine, model: noPart(deployment), kind, store };
    const plan = await planPart(part, context);
    await carryOut(part, { plan, shown: plan }, context);
  } finally {
    await store.close();
  }
}

async function status({ engine, deployment }: Request, context: Context): Promise<void> {
  const live = await engine.observe(deployment, context.stop);
  const consul = live.containers.find(({ identity }) => identity.service === STORE_SERVICE);
  const store = consul === undefined ? "none" : `managed consul (${consul.name})`;
  const place = { deployment, engine: engine.description, store };
  const seen = { engine: live, store: absentStore(), managedStore: undefined };
  context.stdout.write(renderStatus({ live: seen }, place, context.palette));
}

interface Part {
  readonly options: SystemOptions;
  readonly engine: Engine;
  readonly model: Model;
  readonly kind: RouterKind;
  /** In which the router has a token. */
  readonly store: RouterStore | undefined;
}

interface Decided {
  readonly plan: Plan;
  /** Together with what is no operation of the plan. */
  readonly shown: Plan;
}

async function carryOut(part: Part, { plan, shown }: Decided, context: Context): Promise<void> {
  const { options, engine, model, kind, store } = part;
  const title = `${model.deployment} on ${engine.description}: the router ${kind}`;
  context.stdout.write(renderPlan(shown, { title, paint: context.palette }));
  if (shown.changes.length === 0) return;
  await getAnswer(shown, { text: "Go on?", yes: options.yes }, context);
  const began = context.now().getTime();
  const verdict = await runPlan({ plan, engine, store: store?.store }, context);
  if (verdict.exitCode !== undefined) {
    context.stderr.write(renderFailure(shown, verdict));
    throw failureOf(verdict);
  }
  const caddy = await findCaddy(engine, model.deployment, context.stop);
  if (caddy !== undefined) await bringAuthority(engine, caddy, context);
  context.stdout.write(renderDone(shown, context.now().getTime() - began));
}

async function planPart(part: Part, context: Context): Promise<Plan> {
  const { options, engine, model, kind, store } = part;
  const live = await engine.observe(model.deployment, context.stop);
  const isGoing = Object.keys(model.services).length === 0;
  const plan = planDeployment(
    model,
    {
      engine: isGoing ? withoutShared(onlyPart(live, kind), model, kind) : onlyPart(live, kind),
      store: { ...absentStore(), tokenNumber: ONLY },
      managedStore: undefined,
      token: store?.seen,
    },
    { digest: () => "", pruneVolumes: isGoing && options.volumes },
  );
  return isGoing ? withRevocation(plan, part) : plan;
}

/** There is one token for the router, which is found by its name. */
const ONLY = "1";

function withRevocation(plan: Plan, { model, store }: Part): Plan {
  const what = { deployment: model.deployment, token: ROUTER_TOKEN, cause: DOWN };
  const piece = planRevocation(what, { token: store?.seen }, idsOf(plan));
  const { changes, operations } = join([plan, piece]);
  const notices = store?.isAway && plan.changes.length > 0 ? [TOKEN_KEPT] : [];
  return {
    ...plan,
    changes: changes.map((change) => ({ ...change, cause: DOWN })),
    operations,
    notices: [...plan.notices, ...notices],
  };
}

const DOWN = "axon system down";

const TOKEN_KEPT = {
  code: "TOKEN_KEPT",
  message:
    "the managed store does not run; a token that the router has there stays until this is run again",
};

/** The network is the store's too, and other parts' data is not the router's. */
function withoutShared(live: LiveEngine, { deployment }: Model, kind: RouterKind): LiveEngine {
  const own = `axon-${deployment}-${kind}`;
  return { ...live, networks: [], volumes: live.volumes.filter(({ name }) => name === own) };
}

import type { Engine } from "../../engine/engine.ts";
import { AxonError } from "../../errors.ts";
import { withoutImage } from "../../fields/table.ts";
import type { ImageDefaults, LiveEngine } from "../../live.ts";
import type { Model } from "../../model.ts";
import type { Plan } from "../../plan/plan.ts";
import { planDeployment } from "../../plan/plan-deployment.ts";
import { renderPlan } from "../../plan/render-text.ts";
import { absentStore } from "../../state/observe-store.ts";
import { type RouterKind, routerModel } from "../../system/router-model.ts";
import { noPart, onlyPart } from "../../system/system-part.ts";
import { getAnswer } from "../answer.ts";
import type { Context } from "../context.ts";
import { systemName } from "../load-servicefile.ts";
import { routerThere } from "../managed-router.ts";
import { renderStatus } from "../output/status.ts";
import { failureOf, renderDone, renderFailure } from "../output/verdict.ts";
import { type RouterFlags, routerWish } from "../router-wish.ts";
import { runPlan } from "../run-plan.ts";

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
  const place = { engine, kind, live: there?.container };
  const { wish, defaults } = await routerWish(options, place, context);
  const model = withoutDefaults(routerModel(deployment, wish), defaults);
  await carryOut({ options, engine, model, kind }, context);
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
  if (there === undefined) {
    context.stdout.write("No changes.\n");
    return;
  }
  await carryOut({ options, engine, model: noPart(deployment), kind: there.kind }, context);
}

async function status({ engine, deployment }: Request, context: Context): Promise<void> {
  const live = await engine.observe(deployment, context.stop);
  const place = { deployment, engine: engine.description, store: "none" };
  const seen = { engine: live, store: absentStore(), managedStore: undefined };
  context.stdout.write(renderStatus(seen, place, context.palette));
}

interface Part {
  readonly options: SystemOptions;
  readonly engine: Engine;
  readonly model: Model;
  readonly kind: RouterKind;
}

async function carryOut(part: Part, context: Context): Promise<void> {
  const { options, engine, model, kind } = part;
  const plan = await planPart(part, context);
  const title = `${model.deployment} on ${engine.description}: the router ${kind}`;
  context.stdout.write(renderPlan(plan, { title, paint: context.palette }));
  if (plan.changes.length === 0) return;
  await getAnswer(plan, { text: "Go on?", yes: options.yes }, context);
  const began = context.now().getTime();
  const verdict = await runPlan({ plan, engine, store: undefined }, context);
  if (verdict.exitCode !== undefined) {
    context.stderr.write(renderFailure(plan, verdict));
    throw failureOf(verdict);
  }
  context.stdout.write(renderDone(plan, context.now().getTime() - began));
}

async function planPart({ options, engine, model, kind }: Part, context: Context): Promise<Plan> {
  const live = await engine.observe(model.deployment, context.stop);
  const isGoing = Object.keys(model.services).length === 0;
  return planDeployment(
    model,
    {
      engine: isGoing ? withoutShared(onlyPart(live, kind), model, kind) : onlyPart(live, kind),
      store: absentStore(),
      managedStore: undefined,
    },
    { digest: () => "", pruneVolumes: isGoing && options.volumes },
  );
}

/** The network is the store's too, and other parts' data is not the router's. */
function withoutShared(live: LiveEngine, { deployment }: Model, kind: RouterKind): LiveEngine {
  const own = `axon-${deployment}-${kind}`;
  return { ...live, networks: [], volumes: live.volumes.filter(({ name }) => name === own) };
}

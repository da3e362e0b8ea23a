import type { Engine } from "../engine/engine.ts";
import type { KvStore } from "../kv/kv-store.ts";
import type { LiveToken } from "../live.ts";
import type { TokenSpec } from "../model.ts";
import type { Plan } from "../plan/plan.ts";
import { Secret } from "../secret.ts";
import { asUuid } from "../state/store-token.ts";
import { routeRoot } from "../store-layout.ts";
import { storeNotRunning } from "../system/find-store.ts";
import { getAnswer } from "./answer.ts";
import type { Context } from "./context.ts";
import { ensureStore } from "./ensure-store.ts";
import { type OpenedStore, openManaged } from "./open-store.ts";

/** No deployment's: those are DNS labels. */
export const ROUTER_TOKEN = "axon_router";

/** The managed store, in which the router's token is, and that token. */
export interface RouterStore {
  readonly store: KvStore | undefined;
  /** It is there and does not run. */
  readonly isAway: boolean;
  /** undefined: the store is not there, or gives none. */
  readonly seen: LiveToken | undefined;
  /** What the router is to have; undefined: none can be given. */
  readonly wanted: TokenSpec | undefined;
  close(): Promise<void>;
}

/**
 * Starts the managed store, if need be, and asks before one that is there is made anew. The token may read the
 * routes and nothing else.
 */
export async function ensureRouterStore(place: Answered, context: Context): Promise<RouterStore> {
  const opened = await openGuarded(place, context);
  const { store, container } = opened;
  if (store === undefined && container !== undefined) {
    await opened.close();
    throw storeNotRunning(container);
  }
  const there = await lookAt(opened, context);
  if (there.seen?.kind !== "seen") return there;
  const wanted: TokenSpec = {
    name: ROUTER_TOKEN,
    value: there.seen.value ?? new Secret(asUuid(context.random())),
    rights: { [routeRoot]: "read" },
    opensCatalogue: false,
  };
  return { ...there, wanted };
}

/** As it is: nothing is started. */
export async function lookAtRouterStore(engine: Engine, context: Context): Promise<RouterStore> {
  return lookAt(await openManaged(engine, context), context);
}

async function lookAt(opened: OpenedStore, { stop }: Context): Promise<RouterStore> {
  const { store, container } = opened;
  const isAway = store === undefined && container !== undefined;
  const close = () => opened.close();
  try {
    const seen = opened.isUnguarded ? undefined : await store?.tokens?.observe(ROUTER_TOKEN, stop);
    return { store, isAway, seen, wanted: undefined, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Answered {
  readonly engine: Engine;
  readonly yes: boolean;
}

async function openGuarded({ engine, yes }: Answered, context: Context): Promise<OpenedStore> {
  const opened = await openManaged(engine, context);
  if (opened.store !== undefined && !opened.isUnguarded) return opened;
  await opened.close();
  const agree = (plan: Plan) => getAnswer(plan, { text: "Go on?", yes }, context);
  await ensureStore({ engine, onEvent: () => {}, agree }, context);
  return openManaged(engine, context);
}

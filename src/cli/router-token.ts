import type { Engine } from "../engine/engine.ts";
import type { TokenSpec } from "../model.ts";
import { Secret } from "../secret.ts";
import { asUuid } from "../state/store-token.ts";
import { routeRoot } from "../store-layout.ts";
import { storeNotRunning } from "../system/find-store.ts";
import type { Context } from "./context.ts";
import { ensureStore } from "./ensure-store.ts";
import { type OpenedStore, openManaged } from "./open-store.ts";

/** No deployment's: those are DNS labels. */
const NAME = "axon_router";

/** Starts the managed store, if need be, and gives the router a token that may read the routes and nothing else. */
export async function routerToken(engine: Engine, context: Context): Promise<Secret | undefined> {
  const opened = await openGuarded(engine, context);
  try {
    const { store, container } = opened;
    if (store === undefined && container !== undefined) throw storeNotRunning(container);
    const seen = await store?.tokens?.observe(NAME, context.stop);
    if (seen?.kind !== "seen") return undefined;
    const value = seen.value ?? new Secret(asUuid(context.random()));
    const spec: TokenSpec = {
      name: NAME,
      value,
      rights: { [routeRoot]: "read" },
      opensCatalogue: false,
    };
    await store?.tokens?.grant(spec, context.stop);
    return value;
  } finally {
    await opened.close();
  }
}

async function openGuarded(engine: Engine, context: Context): Promise<OpenedStore> {
  const opened = await openManaged(engine, context);
  if (opened.store !== undefined && !opened.isUnguarded) return opened;
  await opened.close();
  await ensureStore({ engine, onEvent: () => {} }, context);
  return openManaged(engine, context);
}

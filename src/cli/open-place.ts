import type { Engine } from "../engine/engine.ts";
import type { Context } from "./context.ts";
import { type OpenedRouter, openRouter } from "./open-router.ts";
import { type OpenedStore, openStore } from "./open-store.ts";

export interface PlaceFlags {
  readonly kv: string | undefined;
  readonly router?: string | undefined;
}

/** Where the deployments of this run are kept, and what leads to them. */
export interface OpenedPlace extends OpenedStore {
  readonly router: OpenedRouter;
}

export async function openPlace(
  { kv, router: flag }: PlaceFlags,
  engine: Engine,
  context: Context,
): Promise<OpenedPlace> {
  const opening = openRouter(flag, engine, context);
  opening.catch(() => {});
  const store = await openStore(kv, engine, context).catch(async (problem) => {
    await opening.then((router) => router.close()).catch(() => {});
    throw problem;
  });
  const router = await opening.catch(async (problem) => {
    await store.close();
    throw problem;
  });
  const close = async () => {
    await router.close();
    await store.close();
  };
  return { ...store, router, close };
}

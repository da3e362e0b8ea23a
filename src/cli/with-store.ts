import type { Engine } from "../engine/engine.ts";
import { AxonError } from "../errors.ts";
import type { KvStore } from "../kv/kv-store.ts";
import { storeNotRunning } from "../system/find-store.ts";
import type { Context } from "./context.ts";
import { type OpenedPlace, openPlace } from "./open-place.ts";
import { type OpenedStore, openStore } from "./open-store.ts";

export interface PlaceOptions {
  readonly kv: string | undefined;
  readonly router?: string | undefined;
  readonly docker: string | undefined;
}

export interface OpenPlace {
  readonly engine: Engine;
  readonly opened: OpenedPlace;
  readonly store: KvStore;
}

/** For commands that cannot do without the store. Opens engine and store, and closes them whatever happens. */
export async function withStore<T>(
  options: PlaceOptions,
  context: Context,
  use: (place: OpenPlace) => Promise<T>,
): Promise<T> {
  const engine = await context.openEngine(options.docker);
  try {
    await engine.version(context.stop);
    const opened = await openPlace(options, engine, context);
    try {
      return await use({ engine, opened, store: requireStore(opened) });
    } finally {
      await opened.close();
    }
  } finally {
    await engine.close();
  }
}

/** As `withStore`, but the engine is asked only where it must tell of the managed store. */
export async function withStoreAlone<T>(
  options: PlaceOptions,
  context: Context,
  use: (store: KvStore) => Promise<T>,
): Promise<T> {
  const engine = await context.openEngine(options.docker);
  try {
    const opened = await openStore(options.kv, engine, context);
    try {
      return await use(requireStore(opened));
    } finally {
      await opened.close();
    }
  } finally {
    await engine.close();
  }
}

export function requireStore({ store, container, description }: OpenedStore): KvStore {
  if (store !== undefined) return store;
  if (container !== undefined) throw storeNotRunning(container);
  throw new AxonError("STORE_UNREACHABLE", `there is no store yet: ${description}`, {
    hint: "Nothing was deployed with it. To use a store of your own, give --kv.",
  });
}

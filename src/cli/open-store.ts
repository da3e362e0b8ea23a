import type { StoreAccess } from "../build-model/build-input.ts";
import type { Engine, WaitRequest } from "../engine/engine.ts";
import type { KvStore } from "../kv/kv-store.ts";
import { placeOf, type StoreAddress } from "../kv/store-address.ts";
import type { LiveContainer } from "../live.ts";
import { findStore, isSound, wayToStore } from "../system/find-store.ts";
import { asksForTokens, readStoreToken } from "../system/store-token.ts";
import { STORE_ALIAS, STORE_PORT, storeName } from "../system/system-model.ts";
import type { Context } from "./context.ts";
import { systemName } from "./load-servicefile.ts";
import { resolveStoreAddress } from "./store-address.ts";

/** The store of this run, as far as it is there. */
export interface OpenedStore {
  /** undefined: the managed store is not there, or does not run. */
  readonly store: KvStore | undefined;
  readonly isManaged: boolean;
  /** The managed store of an earlier Axon, which asks nobody for a token. */
  readonly isUnguarded: boolean;
  /** Its container, whatever state it is in; undefined for a store of the user's own. */
  readonly container: LiveContainer | undefined;
  /** How containers reach it. */
  readonly access: StoreAccess;
  readonly description: string;
  close(): Promise<void>;
}

export async function openStore(
  flag: string | undefined,
  engine: Engine,
  context: Context,
): Promise<OpenedStore> {
  const { env, readFile } = context;
  const wanted = await resolveStoreAddress({ flag, env, readFile });
  if (wanted.kind === "managed") return openManaged(engine, context);
  const store = await context.openStore(wanted, context.stop);
  return {
    store,
    isManaged: false,
    isUnguarded: false,
    container: undefined,
    access: accessTo(wanted),
    description: store.description,
    close: () => store.close(),
  };
}

/** Consul is spoken to by HTTP, as its images expect; for the others, the scheme says what it is. */
function accessTo(address: StoreAddress): StoreAccess {
  const { kind, secure } = address;
  const base = kind === "consul" ? "http" : kind;
  return {
    kind,
    scheme: secure ? `${base}s` : base,
    hostAndPort: placeOf(address),
    alias: undefined,
  };
}

/** A store that somebody has just started, or the engine after its own start. What comes of it is seen then. */
const STARTING: WaitRequest = {
  until: "healthy",
  timeoutMilliseconds: 60_000,
  settleMilliseconds: 0,
};

export async function openManaged(engine: Engine, context: Context): Promise<OpenedStore> {
  const { container, token } = await lookForStore(engine, context);
  const isUnguarded = container !== undefined && !asksForTokens(container);
  const isUsable = container?.status === "running" && (isUnguarded || isSound(container, token));
  const way = isUsable ? await wayToStore(engine, { container, token }, context.stop) : undefined;
  const store = way && (await context.openStore(way.address, context.stop));
  return {
    store,
    isManaged: true,
    isUnguarded,
    container,
    access: {
      kind: "consul",
      scheme: "http",
      hostAndPort: `${STORE_ALIAS}:${STORE_PORT}`,
      alias: STORE_ALIAS,
    },
    description: `managed consul${container ? ` (${container.name})` : ""}`,
    close: async () => {
      await store?.close();
      await way?.tunnel?.close();
    },
  };
}

async function lookForStore(engine: Engine, { env, stop }: Context) {
  const system = systemName(env);
  const [container, token] = await Promise.all([
    findStore(engine, system, stop),
    readStoreToken(engine, storeName(system), stop),
  ]);
  if (container?.status !== "running" || container.health !== "starting")
    return { container, token };
  await engine.awaitContainer(container.id, STARTING, stop);
  return { container: await findStore(engine, system, stop), token };
}

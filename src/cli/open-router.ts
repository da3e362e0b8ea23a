import type { Engine } from "../engine/engine.ts";
import type { AxonError } from "../errors.ts";
import type { KvStore } from "../kv/kv-store.ts";
import type { LiveContainer, LiveStore } from "../live.ts";
import type { Router } from "../router/router.ts";
import { traefikRouter } from "../router/traefik-router.ts";
import type { RouteFormat } from "../routing/route-format.ts";
import { traefikFormat } from "../routing/traefik/traefik-format.ts";
import { findCaddy } from "../system/find-router.ts";
import type { Context } from "./context.ts";
import { systemName } from "./load-servicefile.ts";
import { type ReachedCaddy, reachCaddy } from "./managed-caddy.ts";
import { resolveRouterAddress } from "./router-address.ts";

/** The router of this run. */
export interface OpenedRouter {
  readonly format: RouteFormat;
  /** What it has of a deployment, by route; undefined: its routes are in the store. */
  readonly observe:
    | ((deployment: string, store: KvStore | undefined) => Promise<RouterState>)
    | undefined;
  /** It is there and does not run: only who has routes, had or wants some cannot do without it. */
  readonly problem?: AxonError;
  /** What Axon knows of the router that it runs itself is nothing of this one's. */
  readonly isElsewhere: boolean;
  /** `store`: where the routes are that it reads in the store. */
  on(store: KvStore): Router;
  /** Where there is no store; undefined: it has nothing then. */
  readonly withoutStore: Router | undefined;
  close(): Promise<void>;
}

export type RouterState = Pick<LiveStore, "routes" | "otherRoutes" | "routerFaults">;

const TRAEFIK: OpenedRouter = {
  format: traefikFormat,
  observe: undefined,
  isElsewhere: false,
  on: (store) => traefikRouter(store),
  withoutStore: undefined,
  close: async () => {},
};

export async function openRouter(
  flag: string | undefined,
  engine: Engine,
  context: Context,
): Promise<OpenedRouter> {
  const address = resolveRouterAddress({ flag, env: context.env });
  if (address.kind === "traefik") return TRAEFIK;
  if (address.kind === "caddy")
    return {
      ...(await openCaddy({ address: address.admin, close: async () => {} }, context)),
      isElsewhere: true,
    };
  const container = await findCaddy(engine, systemName(context.env), context.stop);
  if (container === undefined) return TRAEFIK;
  if (container.status !== "running") return openStopped(container);
  return openCaddy(await reachCaddy(engine, container, context), context);
}

async function openStopped(container: LiveContainer): Promise<OpenedRouter> {
  const { stoppedRouter } = await import("./stopped-router.ts");
  return stoppedRouter(container);
}

/** Of a Caddy of somebody else's, only where its admin API answers is known. */
type Reached = Pick<ReachedCaddy, "address" | "close"> & Partial<ReachedCaddy>;

/** Loaded only where there is one. */
async function openCaddy(
  { address, listener, close }: Reached,
  { stop, readsElsewhere }: Context,
): Promise<OpenedRouter> {
  readsElsewhere();
  const [{ caddyRouter, observeCaddy }, { caddyFormat }] = await Promise.all([
    import("../router/caddy/caddy-router.ts"),
    import("../routing/caddy/caddy-format.ts"),
  ]);
  const router = caddyRouter(address, listener);
  return {
    format: caddyFormat,
    observe: async (deployment) => ({
      ...(await observeCaddy(address, deployment, stop)),
      routerFaults: [],
    }),
    isElsewhere: false,
    on: () => router,
    withoutStore: router,
    close,
  };
}

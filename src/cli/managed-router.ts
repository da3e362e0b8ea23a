import type { Engine } from "../engine/engine.ts";
import type { LiveContainer } from "../live.ts";
import { routerName } from "../system/find-router.ts";
import type { RouterKind } from "../system/router-model.ts";
import type { Context } from "./context.ts";

export interface RouterThere {
  readonly kind: RouterKind;
  readonly container: LiveContainer;
}

const KINDS: readonly RouterKind[] = ["traefik", "caddy"];

/** The router that Axon runs, whatever state it is in. */
export async function routerThere(
  engine: Engine,
  deployment: string,
  { stop }: Context,
): Promise<RouterThere | undefined> {
  const found = await Promise.all(
    KINDS.map(async (kind) => {
      const container = await engine.inspectContainer(routerName(deployment, kind), stop);
      return container?.identity.deployment === deployment ? [{ kind, container }] : [];
    }),
  );
  return found.flat()[0];
}

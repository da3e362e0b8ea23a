import type { Live, LiveContainer } from "../live.ts";
import { deploymentRoot, tokenName } from "../store-layout.ts";
import { inTopologicalOrder } from "./in-topological-order.ts";
import { compareText, idsOf, join, type Piece, removal } from "./piece.ts";
import type { Plan } from "./plan.ts";
import { planPending } from "./plan-pending.ts";
import { registeredFor, removeRegistrations } from "./plan-registrations.ts";
import { removeContainer, removeResource } from "./plan-removals.ts";
import { planRevocation } from "./plan-revocation.ts";
import { planRouteRemoval } from "./plan-routes.ts";

export interface DestructionOptions {
  readonly volumes: boolean;
}

/** Everything that carries the deployment's label and its part of the store. Named volumes only if asked. */
export function planDestruction(deployment: string, live: Live, options: DestructionOptions): Plan {
  const routes = join(
    Object.keys(live.store.routes)
      .sort(compareText)
      .map((name) => planRouteRemoval(name, [])),
  );
  const afterRoutes = routes.operations.map(({ id }) => id);
  const registered = Object.values(live.store.registrations ?? {});
  const ofContainer = ({ identity }: LiveContainer) => registeredFor(identity, registered);
  const containers = join(
    live.engine.containers.map((container) =>
      removeContainer(container, {
        after: afterRoutes,
        cause: CAUSE,
        registered: ofContainer(container),
      }),
    ),
  );
  const withContainer = new Set(live.engine.containers.flatMap(ofContainer));
  const stale = removeRegistrations(registered.filter(({ id }) => !withContainer.has(id)));
  const emptied = containers.operations.map(({ id }) => id);
  const networks = live.engine.networks.map(({ id, name }) =>
    removeResource({ resource: "network", name, cause: CAUSE }, emptied, {
      kind: "network.remove",
      network: id,
    }),
  );
  const volumes = options.volumes
    ? live.engine.volumes.map(({ name }) =>
        removeResource({ resource: "volume", name, cause: CAUSE }, emptied, {
          kind: "volume.remove",
          name,
        }),
      )
    : [];
  const leaving = routes.changes.map((change) => ({ ...change, cause: CAUSE }));
  const things = join([
    { ...routes, changes: leaving },
    planPending({}, live),
    stale,
    containers,
    ...networks,
    ...volumes,
  ]);
  const revoked = { deployment, token: tokenName(deployment), cause: CAUSE };
  const before = join([things, planRevocation(revoked, live, emptied)]);
  // Last, because the lock under which all of this happens is in that part of the store.
  const all = join([before, forget(deployment, live, idsOf(before))]);
  const kept = options.volumes ? [] : live.engine.volumes.map(({ name }) => name);
  return {
    deployment,
    changes: all.changes,
    operations: inTopologicalOrder(all.operations),
    notices:
      kept.length === 0
        ? []
        : [{ code: "VOLUMES_KEPT", message: `kept: ${kept.join(", ")} (--volumes removes them)` }],
    held: [],
  };
}

const CAUSE = "destroy";

/** Whether anything of the deployment is in the store is seen from what is always there after a deploy. */
function forget(deployment: string, live: Live, after: readonly string[]): Piece {
  if (!live.store.present || live.store.keys === 0) return { changes: [], operations: [] };
  const prefix = deploymentRoot(deployment);
  const change = removal({
    address: "store.tree",
    resource: "store",
    name: prefix,
    cause: `${live.store.keys} ${live.store.keys === 1 ? "key" : "keys"}`,
  });
  return {
    changes: [change],
    operations: [
      {
        id: "store.write:tree",
        kind: "store.write",
        writes: [{ kind: "deleteTree", prefix }],
        after,
        change: change.address,
      },
    ],
  };
}

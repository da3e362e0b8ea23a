import { throwAll } from "../errors.ts";
import type { Live, LiveContainer } from "../live.ts";
import type { Model } from "../model.ts";
import { impossible } from "../routing/impossible.ts";
import { completedRoutes } from "../routing/pending-routes.ts";
import type { RouteFormat } from "../routing/route-format.ts";
import { traefikFormat } from "../routing/traefik/traefik-format.ts";
import { checkClaims } from "./check-claims.ts";
import { checkForeign } from "./check-foreign.ts";
import { checkResources } from "./check-resources.ts";
import { isCleanUp, leaveLast } from "./clean-up.ts";
import { holdBack } from "./hold-back.ts";
import { inTopologicalOrder } from "./in-topological-order.ts";
import { beforeLeftOver } from "./left-over.ts";
import { indexLive } from "./live-index.ts";
import { idsOf, join } from "./piece.ts";
import type { Notice, Plan } from "./plan.ts";
import type { ConfigHistory } from "./plan-config.ts";
import { planFoundation } from "./plan-foundation.ts";
import { forgetCompleted, planPending } from "./plan-pending.ts";
import { RegistrationIndex } from "./plan-registrations.ts";
import { planRemovals } from "./plan-removals.ts";
import { planRoutes } from "./plan-routes.ts";
import { planSteps } from "./plan-steps.ts";
import { RouteMoves } from "./route-moves.ts";
import { inFlightIn, placesIn } from "./route-places.ts";
import { type HostPaths, withShownPaths } from "./shown-paths.ts";
import { stopLate } from "./stop-late.ts";

export interface PlanOptions {
  /** Keyed digest that stands for a secret in what a one-shot's record says. */
  readonly digest: (text: string) => string;
  readonly notices?: readonly Notice[];
  /** The model of the last completed deploy: tells what was changed by others since. */
  readonly previous?: Model | undefined;
  /** Of a way back: keys that are not the file's, and what they were; undefined: not there. */
  readonly restored?: ConfigHistory["restored"];
  /** Named volumes that are not wanted any more go too, with their data. */
  readonly pruneVolumes?: boolean;
  /** How the router says what a route is. Absent: as Traefik does. */
  readonly format?: RouteFormat;
  /** How what is mounted from the host is shown. Absent: by its absolute path. */
  readonly hostPaths?: HostPaths | undefined;
}

/**
 * The difference between what is wanted and what is live, as operations in order. Pure: the same values
 * always give the same plan. Throws what stands in the way, all at once: NAME_TAKEN, PORT_TAKEN,
 * EXTERNAL_MISSING, NETWORK_IN_USE, VOLUME_DIFFERS, DOMAIN_CLAIMED.
 */
export function planDeployment(wanted: Model, live: Live, options: PlanOptions): Plan {
  const { previous, restored, pruneVolumes = false, format = traefikFormat } = options;
  const { model: kept, held } = holdBack(wanted, live, options.digest);
  const completed = completedRoutes(kept, live.store, format);
  const model = { ...kept, routes: { ...kept.routes, ...completed } };
  const foundation = planFoundation(model, live, { previous, restored });
  const registrations = new RegistrationIndex(model, live, {
    previous,
    held: new Set(held.map(({ name }) => name)),
  });
  const context = {
    model,
    live,
    registrations,
    foundation,
    index: indexLive(model, live.engine.containers),
    digest: options.digest,
    previous,
    moves: new RouteMoves(live, format),
    format,
  };
  const { piece: steps, resumed, made } = planSteps(context);
  const settled = [...idsOf(foundation), ...idsOf(steps)];
  const placesOf = placesIn({ ...context, made });
  const routes = planRoutes(
    { ...context, routes: model.routes, placesOf, inFlightAt: inFlightIn(context) },
    settled.filter((id) => !isCleanUp(id)),
  );
  const done = [...settled, ...idsOf(routes)];
  const planned = [...steps.operations, ...routes.operations];
  const before = (left: LiveContainer) => beforeLeftOver(left, { ...context, made, planned });
  const removals = planRemovals(
    { ...context, resumed, pruneVolumes, operations: steps.operations, before },
    done,
  );
  const waiting = [planPending(model, live), forgetCompleted(completed, live, idsOf(routes))];
  const left = { ...steps, operations: leaveLast(steps.operations, done) };
  const { changes, operations } = join([foundation, left, routes, ...waiting, removals]);
  throwAll([
    ...checkClaims(model, live),
    ...Object.values(model.routes).flatMap((route) => impossible(route, format) ?? []),
    ...checkResources(model, live),
    ...checkForeign(model, live.engine, operations),
  ]);
  return {
    deployment: model.deployment,
    changes: changes.map((change) => withShownPaths(change, options.hostPaths)),
    operations: inTopologicalOrder(stopLate(operations)),
    notices: options.notices ?? [],
    held,
  };
}

import type { Live } from "../live.ts";
import type { Model, RouteSpec } from "../model.ts";
import { own } from "../own.ts";
import { compareText, NOTHING, type Piece } from "./piece.ts";
import type { Change } from "./plan.ts";
import { isSettled, networkOperation } from "./plan-network.ts";

/** The router that Axon runs must be on a network of every service that a route leads to. */
export function joinRouter(model: Model, live: Live): Piece {
  const router = live.managedRouter;
  if (router === undefined) return NOTHING;
  const missing = networksOfRoutes(model, live).filter((network) => {
    const isOnIt = router.spec.networks.some(({ name }) => name === network);
    return !(isOnIt && isSettled(network, model, live));
  });
  if (missing.length === 0) return NOTHING;
  const address = `router.${router.name}`;
  const change: Change = {
    address,
    resource: "router",
    name: router.name,
    action: "update",
    section: { kind: "foundation" },
    cause: `joins ${missing.join(", ")}`,
    attributes: [],
    unchanged: 0,
  };
  return {
    changes: [change],
    operations: missing.map((network) => ({
      id: `router.joins:${network}`,
      kind: "network.connect",
      container: { id: router.id },
      attachment: { name: network, aliases: [] },
      after: [networkOperation(network)],
      change: address,
    })),
  };
}

function networksOfRoutes(model: Model, live: Live): string[] {
  const routes = Object.values(model.routes);
  const names = routes.flatMap((route) => [
    ...route.servers.flatMap((server) =>
      "service" in server ? networkOf(server.service, model) : networkOfTarget(route, model, live),
    ),
  ]);
  return [...new Set(names)].sort(compareText);
}

/** The deployment's own where the service is on it; else the first one of its own that it is on. */
function networkOf(service: string, { network, networks, services }: Model): string[] {
  const names = own(services, service)?.container.networks.map(({ name }) => name) ?? [];
  if (names.includes(network)) return [network];
  return names.filter((name) => own(networks, name) !== undefined).slice(0, 1);
}

/** Of a route that another deployment waited for, the own one; else that of the other deployment, which has its name. */
function networkOfTarget({ target }: RouteSpec, model: Model, { engine }: Live): string[] {
  const [deployment = "", service = ""] = target.split(":");
  if (deployment === model.deployment) return networkOf(service, model);

  return own(engine.foreign.networkNames, deployment) === undefined ? [] : [deployment];
}

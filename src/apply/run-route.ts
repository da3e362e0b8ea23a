import type { Operation, ServerPlace } from "../plan/plan.ts";
import { addressIn } from "../plan/route-moves.ts";
import { idOf, requiredId } from "./container-id.ts";
import type { RunContext } from "./run-context.ts";

type RouteOperation = Extract<Operation, { kind: `route.${string}` }>;

export async function runRoute(operation: RouteOperation, context: RunContext): Promise<void> {
  const { router, abort } = context;
  if (router === undefined) throw new Error("this plan changes routes and there is no router");
  const { route: name } = operation;
  switch (operation.kind) {
    case "route.drain": {
      const servers = await inFlightAt(operation.servers, context);
      return router.awaitDrained({ ...operation, name, servers }, abort);
    }
    case "route.clear":
      return router.clear({ ...operation, name }, abort);
    case "route.remove":
      return router.remove(name, abort);
    default: {
      const servers = operation.servers.map((place) => addressOf(place, context));
      const { spec, generation } = operation;
      const target = { name, spec, servers, generation };
      if (operation.kind === "route.write") return router.prepare(target, abort);
      if (operation.kind === "route.verify") {
        return router.verify({ ...target, isHealthy: operation.isHealthy }, abort);
      }
      return router.switchTo({ ...target, from: operation.from }, abort);
    }
  }
}

function addressOf(place: ServerPlace, context: RunContext): string {
  if ("address" in place) return place.address;
  return `${addressIn(requiredId(place.container, context))}:${place.port}`;
}

async function inFlightAt(
  places: readonly ServerPlace[],
  context: RunContext,
): Promise<readonly string[]> {
  const found = places.map(async (place) => {
    if ("address" in place) return [place.address];
    const id = idOf(place.container, context);
    if (id === undefined) return [];
    const addresses = await context.engine.addressesOf(id, context.abort);
    return [addressIn(id), ...addresses].map((host) => `${host}:${place.port}`);
  });
  return (await Promise.all(found)).flat();
}

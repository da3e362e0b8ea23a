import type { LiveContainer } from "../live.ts";
import type { Model, RouteServer, RouteSpec } from "../model.ts";
import { own } from "../own.ts";
import type { ContainerHandle, Operation, ServerPlace } from "./plan.ts";
import { instanceKey, type StepContext } from "./plan-steps.ts";
import { addressIn, isAt } from "./route-moves.ts";

export interface PlaceContext extends StepContext {
  /** The containers that this plan makes for instances, by `instanceKey`. */
  readonly made: ReadonlyMap<string, ContainerHandle>;
}

/** Where a route is to lead when all instances are there. */
export function placesIn(context: PlaceContext): (route: RouteSpec) => readonly ServerPlace[] {
  return ({ servers }) => servers.map((server) => placeOf(server, context));
}

/** Of a name, it is the container that has it. */
export function inFlightIn({ live, format }: StepContext): (place: ServerPlace) => ServerPlace {
  return (place) => {
    if (!format.goesByName || !("address" in place)) return place;
    const [host, port] = place.address.split(":");
    const found = live.engine.containers.find(({ name }) => name === host);
    return found === undefined ? place : { container: { id: found.id }, port: Number(port) };
  };
}

function placeOf(server: RouteServer, { model, index, made, format }: PlaceContext): ServerPlace {
  const { port } = server;
  if ("host" in server) return { address: `${server.host}:${port}` };
  const [service, instance] = reachedAs(server, model);
  const name = nameIn(model, service, instance) ?? service;
  if (format.goesByName) return { address: `${name}:${port}` };
  const container = made.get(instanceKey(service, instance));
  if (container !== undefined) return { container, port };
  const live = index.instance(service, instance);
  if (live !== undefined) return { address: `${addressIn(live.id)}:${port}` };
  return { address: `${name}:${port}` };
}

/** A container that shares the network of another one is reached as that one. */
function reachedAs(
  { service, instance }: Extract<RouteServer, { readonly service: string }>,
  { services }: Model,
): readonly [string, number] {
  const host = own(services, service)?.container.networkMode?.replace("container:", "");
  const owner = Object.values(services).find(({ containerNames }) =>
    containerNames.some((name) => name === host),
  );
  if (host === undefined || owner === undefined) return [service, instance];
  return [owner.name, owner.containerNames.indexOf(host) + 1];
}

function nameIn({ services }: Model, service: string, instance: number): string | undefined {
  return own(services, service)?.containerNames[instance - 1];
}

/**
 * A container that a run left beside its successor may still be the one that serves: then it goes after the
 * routes. Where something else waits for it to go, it does not wait.
 */
export function routeWaits(
  { live, index, model, made, format }: PlaceContext,
  operations: readonly Operation[],
): (container: LiveContainer) => readonly string[] {
  const ids = new Set(operations.map(({ id }) => id));
  return (container) => {
    const { service, instance } = container.identity;
    const successor = index.instance(service, instance);
    const isThere = successor?.status === "running" && !made.has(instanceKey(service, instance));
    const isWaitedFor =
      container.spec.publish.length > 0 ||
      Object.values(model.services).some(({ shares = [] }) => shares.includes(service));
    if (!isThere || isWaitedFor || ids.has(`container.start:${successor.name}`)) return [];
    const leading = Object.entries(live.store.routes)
      .filter(([name, there]) =>
        format.read(name, there).servers.some((address) => isAt({ address }, container)),
      )
      .map(([name]) => name);
    return operations.flatMap((operation) => {
      const isLast = operation.kind === "route.verify" || operation.kind === "route.drain";
      const isOf = "route" in operation && leading.includes(operation.route);
      return isOf && (isLast || operation.kind === "route.remove") ? [operation.id] : [];
    });
  };
}

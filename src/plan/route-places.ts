import type { Model, RouteServer, RouteSpec } from "../model.ts";
import { own } from "../own.ts";
import type { ContainerHandle, ServerPlace } from "./plan.ts";
import { instanceKey, type StepContext } from "./plan-steps.ts";
import { addressIn } from "./route-moves.ts";

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

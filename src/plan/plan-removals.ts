import type { LiveContainer } from "../live.ts";
import type { Model } from "../model.ts";
import { own } from "../own.ts";
import { lastingName } from "../spare-names.ts";
import { endpointKey } from "../store-layout.ts";
import { handBack, takersOf } from "./hand-back.ts";
import { handleOf, removedAddress, removeOperation, stopOperation } from "./instance.ts";
import type { Before } from "./left-over.ts";
import { compareText, idsOf, join, type Piece, removal } from "./piece.ts";
import type { Operation, OperationBody } from "./plan.ts";
import { makesRoom, unwantedNetworks } from "./plan-network.ts";
import { deregistering, deregisterOperation, removeRegistrations } from "./plan-registrations.ts";
import type { StepContext } from "./plan-steps.ts";
import { UNWANTED } from "./unwanted.ts";

export interface RemovalContext extends StepContext {
  /** Ids of containers that are taken over. */
  readonly resumed: ReadonlySet<string>;
  readonly pruneVolumes: boolean;
  /** Those of the steps. */
  readonly operations: readonly Operation[];
  /** Of a container that was left over. */
  before(container: LiveContainer): Before;
}

/** What carries the deployment's label and is not wanted any more goes last. Named volumes are kept unless asked. */
export function planRemovals(context: RemovalContext, after: readonly string[]): Piece {
  const { model, index } = context;
  const isInTheWay = hasWantedName(model);
  const orphans = index.orphans.filter(({ id }) => !context.resumed.has(id));
  const gone = orphans.map((container) => {
    const cause = causeOf(container, model);
    const registered = context.registrations.leaving(container);
    if (cause !== LEFT_OVER && !isInTheWay(container))
      return removeUnwanted(container, context, { after, cause, registered });
    const { operations, after: waits } = context.before(container);
    const piece = removeContainer(container, { after: waits, cause, registered });
    return { ...piece, operations: [...operations, ...piece.operations] };
  });
  const last = [...after, ...gone.flatMap(idsOf)];
  return join([
    ...gone,
    ...staleEndpoints(context, after),
    removeRegistrations(context.registrations.stale(orphans)),
    ...staleNetworks(context, last),
    ...(context.pruneVolumes ? staleVolumes(context, last) : []),
  ]);
}

/** Containers that have a name which a wanted one is to have go first. */
function hasWantedName({ services, tasks }: Model): (container: LiveContainer) => boolean {
  const names = new Set([
    ...Object.values(services).flatMap(({ containerNames }) => containerNames),
    ...Object.values(tasks).map(({ containerName }) => containerName),
  ]);
  return ({ name }) => names.has(lastingName(name));
}

/** What holds what another one is to have stops for it, is kept like all others, and serves again if need be. */
function removeUnwanted(
  container: LiveContainer,
  { operations, live }: RemovalContext,
  removal: Removal,
): Piece {
  const takers = takersOf(container, operations);
  if (takers.length === 0) return removeContainer(container, removal);
  const registered = new Set(removal.registered);
  const told = Object.values(live.store.registrations ?? {}).filter(({ id }) => registered.has(id));
  const piece = removeContainer(container, { ...removal, stopAfter: [] });
  const undone = handBack(container, { takers, told, operations });
  return { ...piece, operations: [...piece.operations, ...undone] };
}

export interface Removal {
  readonly after: readonly string[];
  /** Where it is to stop before it is removed. */
  readonly stopAfter?: readonly string[];
  readonly cause: string;
  /** Ids of what the catalogue has of it: nobody is led to it any more when it gets its signal. */
  readonly registered: readonly string[];
}

export function removeContainer(
  container: LiveContainer,
  { after, stopAfter, cause, registered }: Removal,
): Piece {
  const address = removedAddress(container);
  const stop = stopOperation(container);
  const handle = handleOf(container);
  const leaving = deregistering(registered, {
    id: deregisterOperation(container.name),
    after: stopAfter ?? after,
    change: address,
  });
  const told = [...(stopAfter ?? after), ...leaving.map(({ id }) => id)];
  const operations: Operation[] = [
    ...leaving,
    { id: stop, kind: "container.stop", container: handle, after: told, change: address },
    {
      id: removeOperation(container.name),
      kind: "container.remove",
      container: handle,
      after: stopAfter === undefined ? [stop] : [stop, ...after],
      change: address,
    },
  ];
  const change = removal({
    address,
    resource: "service",
    name: cause === LEFT_OVER ? container.name : instanceName(container),
    cause,
  });
  return { changes: [change], operations };
}

function instanceName({ identity: { service, instance } }: LiveContainer): string {
  return instance > 1 ? `${service}.${instance}` : service;
}

const LEFT_OVER = "left over from a run that was cut short";

function causeOf({ identity }: LiveContainer, { services, tasks }: Model): string {
  const isService = identity.kind === "service" || identity.kind === "system";
  const service = own(services, identity.service);
  if (isService && service !== undefined && identity.instance > service.containerNames.length) {
    return `scale is ${service.containerNames.length}`;
  }
  const wanted = isService ? service : own(tasks, identity.service);
  return wanted === undefined ? UNWANTED : LEFT_OVER;
}

interface Resource {
  readonly resource: "network" | "volume";
  readonly name: string;
  readonly cause: string;
}

/** One thing that goes by one call. */
export function removeResource(
  { resource, name, cause }: Resource,
  after: readonly string[],
  body: Extract<OperationBody, { kind: "network.remove" | "volume.remove" }>,
): Piece {
  const address = `${resource}.${name}`;
  // The engine lets networks have the same name.
  const unique = body.kind === "network.remove" ? body.network : name;
  const change = removal({
    address,
    resource,
    name,
    cause,
  });
  return {
    changes: [change],
    operations: [{ ...body, id: `${body.kind}:${unique}`, after, change: address }],
  };
}

/** Of services that are gone; those of services that are there belong to the services' own changes. */
function staleEndpoints({ model, live }: StepContext, after: readonly string[]): Piece[] {
  const stale = Object.keys(live.store.endpoints)
    .filter((name) => own(model.services, name.split("/")[0] ?? "") === undefined)
    .sort(compareText);
  if (stale.length === 0) return [];
  const changes = stale.map((name) =>
    removal({
      address: `endpoint.${name}`,
      resource: "endpoint",
      name,
      cause: UNWANTED,
    }),
  );
  const [first, ...others] = changes.map(({ address }) => address);
  return [
    {
      changes,
      operations: [
        {
          id: "store.write:endpoints",
          kind: "store.write",
          writes: stale.map((name) => ({
            kind: "delete",
            key: endpointKey(model.deployment, name),
          })),
          after,
          change: first,
          alsoFor: others,
        },
      ],
    },
  ];
}

/** Old containers are on them until their successors are good. Only what a new network cannot be made beside goes before. */
function staleNetworks({ model, live }: StepContext, after: readonly string[]): Piece[] {
  return unwantedNetworks(model, live).map(({ id, name, spec }) =>
    removeResource(
      { resource: "network", name, cause: UNWANTED },
      makesRoom(spec, { model, live }) ? [] : after,
      { kind: "network.remove", network: id },
    ),
  );
}

/** Last of all: what fails before has its data still. */
function staleVolumes({ model, live }: StepContext, after: readonly string[]): Piece[] {
  return live.engine.volumes
    .filter(({ name }) => own(model.volumes, name) === undefined)
    .map(({ name }) =>
      removeResource({ resource: "volume", name, cause: UNWANTED }, after, {
        kind: "volume.remove",
        name,
      }),
    );
}

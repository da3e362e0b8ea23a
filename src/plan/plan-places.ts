import type { Delta } from "../fields/field.ts";
import type { ToldHealth } from "../live.ts";
import type { Model, ServiceSpec } from "../model.ts";
import { endpointKey } from "../store-layout.ts";
import { hasDrifted } from "./drift.ts";
import { addressOf, handleOf, type Instance } from "./instance.ts";
import type { Operation, StoreWrite } from "./plan.ts";
import { registering, registerOperation } from "./plan-registrations.ts";
import type { StepContext } from "./plan-steps.ts";
import { textDelta } from "./text-delta.ts";

type PlaceContext = Pick<StepContext, "model" | "live" | "previous" | "registrations">;

/** How others are told where an instance is, otherwise than they should be. */
export interface Places {
  /** Of the service's keys, which are told once for all instances. */
  readonly endpoints: readonly Delta[];
  /** Of the catalogue. */
  readonly registered: readonly Delta[];
  readonly deltas: readonly Delta[];
  /** Paths of those that somebody else changed since the last deploy. */
  readonly drifted: readonly string[];
  /** What is told of it as long as it is not made ready. */
  readonly health: ToldHealth;
}

export function placesOf(instance: Instance, context: PlaceContext): Places {
  const endpoints = endpointDeltas(instance, context);
  const registered = registrationDeltas(instance, context);
  return {
    endpoints,
    registered,
    deltas: [...endpoints, ...registered],
    drifted: [
      ...driftedOf(instance.service, endpoints, context),
      ...context.registrations.drifted(instance.registrations, registered),
    ],
    health: context.registrations.toldOf(instance.registrations, instance.live),
  };
}

function endpointDeltas(
  { service, number }: Instance,
  { model, live }: Pick<StepContext, "model" | "live">,
): Delta[] {
  if (number !== 1) return [];
  const prefix = `${service.name}/`;
  const names = [...Object.keys(model.endpoints), ...Object.keys(live.store.endpoints)].filter(
    (name) => name.startsWith(prefix),
  );
  return [...new Set(names)].sort().flatMap((name) => {
    const path = `endpoints.${name.slice(prefix.length)}`;
    const delta = textDelta(path, live.store.endpoints[name], model.endpoints[name]);
    return delta === undefined ? [] : [delta];
  });
}

/** A new container is told of whatever was told before. */
function registrationDeltas(
  { decision, live, registrations }: Instance,
  context: PlaceContext,
): Delta[] {
  if (decision.kind !== "keep" && decision.kind !== "adjust") return [];
  return live === undefined ? [] : context.registrations.deltas(registrations, live);
}

function driftedOf(
  { name }: ServiceSpec,
  endpoints: readonly Delta[],
  { live, previous }: PlaceContext,
): string[] {
  return endpoints
    .map(({ path }) => path)
    .filter((path) => {
      const endpoint = `${name}/${path.slice("endpoints.".length)}`;
      return hasDrifted(previous?.endpoints[endpoint], live.store.endpoints[endpoint]);
    });
}

interface Telling {
  readonly model: Model;
  /** Of the instance itself. */
  readonly operations: readonly Operation[];
  /** What all of its step stands on. */
  readonly base: readonly string[];
}

/** Others are told when it is ready. */
export function placeOperations(
  instance: Instance,
  { endpoints, registered, health }: Places,
  telling: Telling,
): Operation[] {
  const ready = telling.operations.filter(
    ({ kind, onFailureOf }) => kind === "container.awaitReady" && onFailureOf === undefined,
  );
  const after = ready.length > 0 ? ready.map(({ id }) => id) : telling.base;
  const isTold = ready.length > 0 || registered.length > 0;
  return [
    ...endpointWrite(instance, endpoints, { model: telling.model, after }),
    // A replacement tells of itself, because the old container must not go before.
    ...(isTold && instance.decision.kind !== "replace"
      ? register(instance, { ...telling, after, health: ready.length > 0 ? "passing" : health })
      : []),
  ];
}

function register(
  instance: Instance,
  {
    operations,
    after,
    health,
  }: Telling & { readonly after: readonly string[]; readonly health: ToldHealth },
): Operation[] {
  const { registrations, containerName, live } = instance;
  const created = operations.find(({ kind }) => kind === "container.create");
  return registering(registrations, {
    id: registerOperation(containerName),
    container: live === undefined ? created && { createdBy: created.id } : handleOf(live),
    health,
    after,
    change: addressOf(instance),
  });
}

function endpointWrite(
  instance: Instance,
  endpoints: readonly Delta[],
  { model, after }: { readonly model: Model; readonly after: readonly string[] },
): Operation[] {
  if (endpoints.length === 0) return [];
  const { service } = instance;
  const writes = endpoints.map(({ path }): StoreWrite => {
    const endpoint = `${service.name}/${path.slice("endpoints.".length)}`;
    const key = endpointKey(model.deployment, endpoint);
    const value = model.endpoints[endpoint];
    return value === undefined ? { kind: "delete", key } : { kind: "put", key, value };
  });
  return [
    {
      id: `store.write:endpoints:${service.name}`,
      kind: "store.write",
      writes,
      after,
      change: addressOf(instance),
    },
  ];
}

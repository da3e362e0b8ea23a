import type { LiveContainer } from "../live.ts";
import type { ServiceSpec } from "../model.ts";
import { own } from "../own.ts";
import { removedAddress, removeOperation, renameOperation, stopOperation } from "./instance.ts";
import type { Operation } from "./plan.ts";
import { registerOperation } from "./plan-registrations.ts";
import { instanceKey } from "./plan-steps.ts";
import { isAt, type MovePlan, moveOperations } from "./route-moves.ts";
import type { PlaceContext } from "./route-places.ts";

export interface LeftOverContext extends PlaceContext {
  /** Those of the steps and of the routes. */
  readonly planned: readonly Operation[];
}

/** What is done, and waited for, before a container goes. */
export interface Before {
  readonly operations: readonly Operation[];
  readonly after: readonly string[];
}

interface LeftOver {
  readonly container: LiveContainer;
  readonly successor: LiveContainer;
  readonly service: ServiceSpec;
  /** Of the instance. */
  readonly name: string;
}

/**
 * A container that a run left beside its successor may still be the one that serves, or have requests in flight that
 * came when it had the name. Where something else waits for it to go, it waits for no more than the name.
 */
export function beforeLeftOver(container: LiveContainer, context: LeftOverContext): Before {
  const { service: owner, instance } = container.identity;
  const service = own(context.model.services, owner);
  const successor = context.index.instance(owner, instance);
  const name = service?.containerNames[instance - 1];
  if (service === undefined || successor === undefined || name === undefined) return NOTHING;
  const left: LeftOver = { container, successor, service, name };
  const named = container.name === name ? [renameOperation(successor)] : [];
  const isMade = context.made.has(instanceKey(owner, instance));
  if (isMade) return drained(left, named, context);
  const there = [...named, ...attached(left)];
  const isTaken = isWaitedFor(left, context) || successor.status !== "running";
  if (isTaken) return drained(left, there, context);
  return verified(left, [...there, registerOperation(name)], context);
}

const NOTHING: Before = { operations: [], after: [] };

/** The successor is where others look for it. */
function attached({ service, successor }: LeftOver): string[] {
  return service.container.networks.map(({ name }) => `network.connect:${successor.name}:${name}`);
}

function isWaitedFor({ container, service }: LeftOver, context: LeftOverContext): boolean {
  const gone = [stopOperation(container), removeOperation(container.name)];
  return (
    container.spec.publish.length > 0 ||
    Object.values(context.model.services).some(({ shares = [] }) =>
      shares.includes(service.name),
    ) ||
    context.planned.some(({ after }) => gone.some((id) => after.includes(id)))
  );
}

/** A route that goes by names has led there until these were swapped; one that is told is drained where it is told. */
function drained(left: LeftOver, after: readonly string[], context: LeftOverContext): Before {
  if (!context.format.goesByName) return { operations: [], after };
  const operations = parted(left, after, context)
    .flatMap(({ settle }) => settle)
    .map((operation) => ({ ...operation, after }));
  return { operations, after: [...after, ...operations.map(({ id }) => id)] };
}

/** The routes lead to the successor, as they are in the end. */
function verified(left: LeftOver, told: readonly string[], context: LeftOverContext): Before {
  const moves = context.moves.followed(left.container, { id: left.successor.id, name: left.name });
  const names = [...leadingTo(left.container, context), ...moves.map(({ name }) => name)];
  const routed = context.planned.flatMap((operation) => {
    const isLast = ["route.verify", "route.drain", "route.remove"].includes(operation.kind);
    return isLast && "route" in operation && names.includes(operation.route) ? [operation.id] : [];
  });
  const after = [...told, ...routed];
  const operations = parted(left, after, context).flatMap(({ attempt, settle }) => [
    ...attempt,
    ...settle,
  ]);
  return { operations, after: [...after, ...operations.map(({ id }) => id)] };
}

function parted(
  { container, successor, service, name }: LeftOver,
  after: readonly string[],
  { model, moves }: LeftOverContext,
): readonly MovePlan[] {
  if (container.status !== "running" || successor.status !== "running") return [];
  return moves
    .followed(container, { id: successor.id, name })
    .filter((move) => own(model.routes, move.name) !== undefined)
    .map((move) =>
      moveOperations(move, {
        after,
        change: removedAddress(container),
        suffix: `:left:${container.name}`,
        drainSeconds: service.update.drainSeconds,
        isHealthy: successor.health === "healthy",
      }),
    );
}

function leadingTo(container: LiveContainer, { live, format }: LeftOverContext): string[] {
  return Object.entries(live.store.routes)
    .filter(([name, there]) =>
      format.read(name, there).servers.some((address) => isAt({ address }, container)),
    )
    .map(([name]) => name);
}

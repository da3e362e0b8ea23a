import type { LiveContainer } from "../live.ts";
import type { ContainerSpec } from "../model.ts";
import type { Decision } from "./decide-instance.ts";
import {
  addressOf,
  handleOf,
  type Instance,
  readyOperation,
  removeOperation,
  stopOperation,
  type Waits,
} from "./instance.ts";
import { creation, ready } from "./new-container.ts";
import type { ContainerHandle, Operation } from "./plan.ts";
import {
  catalogueWrite,
  deregistering,
  registering,
  registerOperation,
} from "./plan-registrations.ts";
import { moveOperations, type RouteMove, undoMove } from "./route-moves.ts";

type Replace = Extract<Decision, { kind: "replace" }>;

/**
 * The new container is made beside the old one, under a name of its own, and takes the old one's name
 * when it is good. Until then the old one is kept, and serves again if the new one is not good.
 */
export function replaceOperations(
  instance: Instance,
  { live }: Replace,
  waits: Waits,
): Operation[] {
  const context = contextOf(instance, live, waits);
  const isFirst = instance.replacement.order === "start-first";
  const attempt = isFirst ? startFirst(context) : stopFirst(context);
  attempt.push(...registering(instance.registrations, toldOf(context, attempt)));
  const moves = routeMoves(context, attempt);
  const attempted = [...attempt, ...moves.attempt].map(({ id }) => id);
  const undone = instance.service.update.onFailure === "stop" ? [] : undo(context, attempted);
  const good = [attempt.at(-1)?.id ?? "", ...moves.good];
  return [...attempt, ...moves.attempt, ...moves.settle, ...succession(context, good), ...undone];
}

/** When the new one is good, and before the old one is told to stop. */
function routeMoves(context: Context, attempt: readonly Operation[]) {
  const { instance, moves, change } = context;
  const after = attempt.filter(isServing).map(({ id }) => id);
  const drainSeconds = instance.service.update.drainSeconds;
  const planned = moves.map((move) => {
    return moveOperations(move, { after, change, suffix: suffixOf(instance), drainSeconds });
  });
  const settle = planned.flatMap((plan) => plan.settle);
  const drains = settle.filter(({ kind }) => kind === "route.drain");
  const verified = planned.flatMap((plan) => plan.attempt.at(-1) ?? []);
  return {
    attempt: planned.flatMap((plan) => plan.attempt),
    settle,
    good: [...verified, ...drains].map(({ id }) => id),
  };
}

function isServing({ kind }: Operation): boolean {
  return kind === "container.awaitReady" || kind === "network.connect";
}

function suffixOf({ containerName }: Instance): string {
  return `:${containerName}`;
}

interface Context {
  readonly instance: Instance;
  readonly waits: Waits;
  readonly live: LiveContainer;
  readonly change: string;
  /** Of the new container, until the old one is gone. */
  readonly nextName: string;
  readonly next: ContainerHandle;
  readonly create: string;
  readonly start: string;
  readonly stop: string;
  readonly moves: readonly RouteMove[];
}

function contextOf(instance: Instance, live: LiveContainer, waits: Waits): Context {
  const name = instance.containerName;
  // A run that was cut short before its last rename left the old one under the name of its successor.
  const nextName = live.name === `${name}-next` ? name : `${name}-next`;
  const create = `container.create:${nextName}`;
  const next = { createdBy: create };
  const isStopped = instance.replacement.order === "stop-first";
  // Nothing is in flight to what has stopped.
  const moves = waits.moves(next).map((move) => (isStopped ? { ...move, leaving: [] } : move));
  return {
    moves,
    instance,
    waits,
    live,
    change: addressOf(instance),
    nextName,
    next,
    create,
    start: `container.start:${nextName}`,
    stop: stopOperation(live),
  };
}

/** Created before the old one is stopped, so that what cannot be created costs nothing. */
function stopFirst(context: Context): Operation[] {
  const { instance, waits, nextName: name, create, stop, start, next } = context;
  return [
    creation(instance, { name, spec: instance.service.container }, waits),
    ...stopUntold(context, waits.stopsEarly ? [] : [create, ...waits.start]),
    startNext(context, [create, stop, ...waits.start]),
    ready(instance, next, [start]),
  ];
}

/** Nobody reaches the new one before it is healthy: only then does it get the aliases that serve. */
function startFirst(context: Context): Operation[] {
  const { instance, waits, nextName: name, create, start, next, change } = context;
  const { container } = instance.service;
  const readyId = readyOperation(instance.containerName);
  const serving = container.networks.filter(({ aliases }) => aliases.length > 0);
  return [
    creation(instance, { name, spec: withoutAliases(container) }, waits),
    startNext(context, [create, ...waits.start]),
    ready(instance, next, [start]),
    ...serving.map(
      (attachment): Operation => ({
        id: `network.connect:${name}:${attachment.name}`,
        kind: "network.connect",
        container: next,
        attachment,
        after: [readyId],
        change,
      }),
    ),
  ];
}

function withoutAliases(spec: ContainerSpec): ContainerSpec {
  return { ...spec, networks: spec.networks.map(({ name }) => ({ name, aliases: [] })) };
}

/** After all of these, the new container serves as the old one did. */
const GOOD: readonly Operation["kind"][] = ["container.awaitReady", "network.connect"];

/** Who asks the catalogue is led to the new one, and to the old one no more, before that one gets its signal. */
function toldOf({ instance, next, change }: Context, attempt: readonly Operation[]) {
  const good = attempt.filter(({ kind }) => GOOD.includes(kind));
  const after = good.map((operation) => operation.id);
  const id = registerOperation(instance.containerName);
  return { id, container: next, isGood: true, after, change };
}

function stopUntold(context: Context, after: readonly string[]): Operation[] {
  const { instance, live, change } = context;
  const ids = instance.registrations.live.map(({ id }) => id);
  const leaving = deregistering(ids, { id: `catalogue.remove:${live.name}`, after, change });
  return [...leaving, stopOld(context, [...after, ...leaving.map(({ id }) => id)])];
}

function stopOld({ stop, live, change }: Context, after: readonly string[]): Operation {
  return { id: stop, kind: "container.stop", container: handleOf(live), after, change };
}

function startNext({ start, next, change }: Context, after: readonly string[]): Operation {
  return { id: start, kind: "container.start", container: next, after, change };
}

/** The old one goes, and the new one takes its name. */
function succession(context: Context, good: readonly string[]): Operation[] {
  const { instance, live, nextName, next, change, stop } = context;
  const name = instance.containerName;
  const remove = removeOperation(live.name);
  const isStopped = instance.replacement.order === "stop-first";
  const operations: Operation[] = [
    ...(isStopped ? [] : [stopOld(context, good)]),
    {
      id: remove,
      kind: "container.remove",
      container: handleOf(live),
      after: [...good, stop],
      change,
    },
  ];
  if (nextName === name) return operations;
  return [
    ...operations,
    {
      id: `container.rename:${nextName}`,
      kind: "container.rename",
      container: next,
      name,
      after: [remove, removeOperation(name)],
      change,
    },
  ];
}

function undo(context: Context, attempted: readonly string[]): Operation[] {
  const { instance, live, next, change, nextName } = context;
  const wasStopped = instance.replacement.order === "stop-first";
  const isRestarted = live.status === "running" && wasStopped;
  const start = `undo.start:${live.name}`;
  // Routes go back to what serves, and not to what is still to be started.
  const back = context.moves.flatMap((move) =>
    undoMove(move, {
      after: isRestarted ? [start] : [],
      change,
      suffix: suffixOf(instance),
      onFailureOf: attempted,
    }),
  );
  const remove: Operation = {
    id: `undo.remove:${nextName}`,
    kind: "container.remove",
    container: next,
    after: isRestarted ? [] : back.map(({ id }) => id),
    onFailureOf: attempted,
    change,
  };
  if (!isRestarted) {
    const again = live.status === "running" ? { attempted, after: [remove.id] } : undefined;
    return [...back, remove, ...(again ? toldAgain(context, again) : [])];
  }
  return [
    remove,
    {
      id: start,
      kind: "container.start",
      container: handleOf(live),
      after: [remove.id, ...context.waits.undo],
      onFailureOf: attempted,
      change,
    },
    ...back,
    ...toldAgain(context, { attempted, after: [start] }),
  ];
}

interface Undoing {
  readonly attempted: readonly string[];
  readonly after: readonly string[];
}

/** The catalogue is told of the old one as it was told before. */
function toldAgain(
  { instance, live, change }: Context,
  { attempted, after }: Undoing,
): Operation[] {
  const { live: told } = instance.registrations;
  if (told.length === 0) return [];
  const write = { container: handleOf(live), isGood: true, after, change };
  const id = `undo.catalogue:${live.name}`;
  return [{ ...catalogueWrite({ id, registrations: told, ...write }), onFailureOf: attempted }];
}

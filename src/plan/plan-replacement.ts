import type { LiveContainer } from "../live.ts";
import type { ContainerSpec } from "../model.ts";
import { spareNames } from "../spare-names.ts";
import type { Decision } from "./decide-instance.ts";
import {
  addressOf,
  handleOf,
  type Instance,
  readyOperation,
  removeOperation,
  stopOperation,
  succeedOperation,
  type Waits,
} from "./instance.ts";
import { asideOperation, freeingOperations, namingOperations } from "./naming.ts";
import { creation, readiness, ready } from "./new-container.ts";
import type { ContainerHandle, Operation } from "./plan.ts";
import {
  catalogueWrite,
  deregistering,
  deregisterOperation,
  healthTold,
  registering,
  registerOperation,
} from "./plan-registrations.ts";
import { moveOperations, type RouteMove, undoFollowed, undoMove } from "./route-moves.ts";

type Replace = Extract<Decision, { kind: "replace" }>;

/**
 * The new container is made beside the old one, under a name of its own, and takes the old one's name
 * when it is good. The old one, under another, is kept until then, and serves again if the new one is not good.
 */
export function replaceOperations(
  instance: Instance,
  { live }: Replace,
  waits: Waits,
): Operation[] {
  const context = contextOf(instance, live, waits);
  const isFirst = instance.replacement.order === "start-first";
  const attempt = isFirst ? startFirst(context) : stopFirst(context);
  attempt.push(...swap(context, attempt));
  attempt.push(...registering(instance.registrations, toldOf(context, attempt)));
  const moves = routeMoves(context);
  const attempted = idsIn([...attempt, ...moves.attempt]);
  const undone = instance.service.update.onFailure === "stop" ? [] : undo(context, attempted);
  const good = [...attempt.slice(-1).map(({ id }) => id), context.succeed, ...moves.good];
  return [
    ...context.naming,
    ...attempt,
    ...moves.attempt,
    ...moves.settle,
    ...succession(context, good),
    ...undone,
  ];
}

/** When the new one has the name, and before the old one is told to stop. */
function routeMoves(context: Context) {
  const { instance, moves, change, succeed } = context;
  const after = [succeed];
  const { drainSeconds } = instance.service.update;
  // What has no health check is replaced stop-first, and may be long in coming.
  const isHealthy = instance.replacement.order === "start-first";
  const common = { after, change, suffix: suffixOf(instance), drainSeconds, isHealthy };
  const planned = moves.map((move) => moveOperations(move, common));
  const settle = planned.flatMap((plan) => plan.settle);
  const drains = settle.filter(({ kind }) => kind === "route.drain");
  const verified = planned.flatMap((plan) => plan.attempt.at(-1) ?? []);
  return {
    attempt: planned.flatMap((plan) => plan.attempt),
    settle,
    good: idsIn([...verified, ...drains]),
  };
}

function idsIn(operations: readonly Operation[]): string[] {
  return operations.map(({ id }) => id);
}

function suffixOf({ containerName }: Instance): string {
  return `:${containerName}`;
}

interface Context {
  readonly instance: Instance;
  readonly waits: Waits;
  readonly live: LiveContainer;
  readonly change: string;
  /** Of the new container, until it is good. */
  readonly name: string;
  readonly next: ContainerHandle;
  readonly create: string;
  readonly start: string;
  readonly stop: string;
  readonly succeed: string;
  /** Give the old container the name that it should have had. */
  readonly naming: readonly Operation[];
  readonly moves: readonly RouteMove[];
}

function contextOf(instance: Instance, live: LiveContainer, waits: Waits): Context {
  const { containerName } = instance;
  const name = spareNames(containerName).next;
  const create = `container.create:${name}`;
  const next = { createdBy: create };
  const isStopped = instance.replacement.order === "stop-first";
  // Nothing is in flight to what has stopped.
  const planned = waits.moves(next);
  const moves = planned.map((move) => (isStopped ? { ...move, leaving: [] } : move));
  return {
    moves,
    instance,
    waits,
    live,
    change: addressOf(instance),
    name,
    next,
    create,
    start: `container.start:${name}`,
    stop: stopOperation(live),
    succeed: succeedOperation(containerName),
    naming: namingOperations(instance, live, waits.create),
  };
}

/** Created before the old one is stopped, so that what cannot be created costs nothing. */
function stopFirst(context: Context): Operation[] {
  const { instance, waits, create, stop, start, next } = context;
  return [
    createNext(context, instance.service.container),
    ...stopUntold(context, waits.stopsEarly ? [] : [create, ...waits.start]),
    startNext(context, [create, stop, ...waits.start]),
    ready(instance, next, [start]),
  ];
}

/** Nobody reaches the new one before it is healthy: only then does it get the aliases that serve. */
function startFirst(context: Context): Operation[] {
  const { instance, waits, name, create, start, next, change } = context;
  const { container } = instance.service;
  const readyId = readyOperation(instance.containerName);
  const serving = container.networks.filter(({ aliases }) => aliases.length > 0);
  return [
    createNext(context, withoutAliases(container)),
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

function createNext(
  { instance, live, waits, name, naming }: Context,
  spec: ContainerSpec,
): Operation {
  // The old one may be called so, from a run that was cut short: then it gets its own name first.
  const freed = freeingOperations(instance, live, name);
  return creation(instance, { name, spec, after: [...waits.create, ...idsIn(naming), ...freed] });
}

/** The old one goes on under another name, and the new one is called as it was: who asks by name is led to the new one. */
function swap(context: Context, attempt: readonly Operation[]): Operation[] {
  const { instance, live, next, change, succeed } = context;
  const good = idsIn(attempt.filter(({ kind }) => GOOD.includes(kind)));
  const name = spareNames(instance.containerName).old;
  const aside = asideOperation(instance, live, { name, after: good });
  return [
    aside,
    {
      id: succeed,
      kind: "container.rename",
      container: next,
      name: instance.containerName,
      after: [aside.id],
      change,
    },
  ];
}

/** After all of these, the new container serves as the old one did. */
const GOOD: readonly Operation["kind"][] = ["container.awaitReady", "network.connect"];

/** Who asks the catalogue is led to the new one, and to the old one no more, before that one gets its signal. */
function toldOf({ instance, next, change }: Context, attempt: readonly Operation[]) {
  const good = attempt.filter(({ kind }) => GOOD.includes(kind));
  const after = good.map((operation) => operation.id);
  const id = registerOperation(instance.containerName);
  return { id, container: next, health: "passing" as const, after, change };
}

function stopUntold(context: Context, after: readonly string[]): Operation[] {
  const { instance, live, change } = context;
  const ids = instance.registrations.live.map(({ id }) => id);
  const leaving = deregistering(ids, { id: deregisterOperation(live.name), after, change });
  return [...leaving, stopOld(context, [...after, ...leaving.map(({ id }) => id)])];
}

function stopOld({ stop, live, change }: Context, after: readonly string[]): Operation {
  return { id: stop, kind: "container.stop", container: handleOf(live), after, change };
}

function startNext({ start, next, change }: Context, after: readonly string[]): Operation {
  return { id: start, kind: "container.start", container: next, after, change };
}

/** The old one goes. */
function succession(context: Context, good: readonly string[]): Operation[] {
  const { instance, live, change, stop } = context;
  const isStopped = instance.replacement.order === "stop-first";
  return [
    ...(isStopped ? [] : [stopOld(context, good)]),
    {
      id: removeOperation(live.name),
      kind: "container.remove",
      container: handleOf(live),
      after: [...good, stop],
      change,
    },
  ];
}

function undo(context: Context, attempted: readonly string[]): Operation[] {
  const { instance, live, next, change, name } = context;
  const servesOn = live.status === "running" && instance.replacement.order === "start-first";
  const named = swapBack(context, attempted);
  const remove: Operation = {
    id: `undo.remove:${name}`,
    kind: "container.remove",
    container: next,
    after: idsIn(named),
    onFailureOf: attempted,
    ...(servesOn && { restores: true }),
    change,
  };
  const started = startAgain(context, attempted, remove.id);
  // Routes go back to what serves, and not to what is still to be started.
  const after = idsIn(started.slice(0, 1));
  const back = context.moves.flatMap((move) =>
    undoMove(move, { after, change, suffix: suffixOf(instance), onFailureOf: attempted }),
  );
  if (started.length > 0) {
    return [...named, remove, ...started, ...back, ...toldAgain(context, { attempted, after })];
  }
  const drained = drainBack(context, idsIn(named));
  const last = { ...remove, after: idsIn([...named, ...drained, ...back]) };
  const told = servesOn ? toldAgain(context, { attempted, after: [remove.id] }) : [];
  return [...named, ...drained, ...back, last, ...told];
}

/**
 * What was stopped for its successor, or by a run that was cut short, or by itself. Whether one that did not run before stays up is
 * waited for. What was never started, or cannot be, is nothing to go back to; start-first has stopped nothing.
 */
function startAgain(
  { instance, live, change, waits }: Context,
  attempted: readonly string[],
  removed: string,
): Operation[] {
  const { status } = live;
  const isStartable = status !== "created" && status !== "dead" && status !== "removing";
  if (instance.replacement.order === "start-first" || !isStartable) return [];
  const ran = status === "running" || status === "paused";
  const common = { container: handleOf(live), onFailureOf: attempted, change } as const;
  const start: Operation = {
    ...common,
    id: `undo.start:${live.name}`,
    kind: "container.start",
    after: [removed, ...waits.undo],
    ...(ran && { restores: true }),
  };
  if (ran) return [start];
  const good = readiness(live.spec, instance.service.update);
  const id = `undo.awaitReady:${live.name}`;
  return [start, { ...common, ...good, id, after: [start.id], restores: true }];
}

/** Each has the name again that it had before the swap, also where it has it still. */
function swapBack(
  { instance, live, next, change, name }: Context,
  attempted: readonly string[],
): Operation[] {
  const common = { kind: "container.rename", onFailureOf: attempted, change } as const;
  const yielding = `undo.succeed:${instance.containerName}`;
  return [
    { ...common, id: yielding, container: next, name, after: [] },
    {
      ...common,
      id: `undo.aside:${live.name}`,
      container: handleOf(live),
      name: instance.containerName,
      after: [yielding],
    },
  ];
}

/** A route that goes by the name may have led to the new one for a moment. */
function drainBack(
  { moves, next, change, instance }: Context,
  after: readonly string[],
): Operation[] {
  const suffix = suffixOf(instance);
  return moves.flatMap((move) => undoFollowed(move, { container: next, suffix, after, change }));
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
  const write = { container: handleOf(live), health: healthTold(told), after, change };
  const id = `undo.catalogue:${live.name}`;
  return [{ ...catalogueWrite({ id, registrations: told, ...write }), onFailureOf: attempted }];
}

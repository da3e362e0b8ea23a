import type { LiveContainer, LiveRegistration } from "../live.ts";
import { handleOf, removedAddress, stopOperation } from "./instance.ts";
import type { Operation } from "./plan.ts";
import { catalogueWrite, deregisterOperation, healthTold } from "./plan-registrations.ts";
import { isStart } from "./stop-late.ts";

/** What starts when this container has let go of a host port, or of what both write to. */
export function takersOf(
  holder: LiveContainer,
  operations: readonly Operation[],
): readonly Operation[] {
  const stop = stopOperation(holder);
  return operations.filter((operation) => isStart(operation) && operation.after.includes(stop));
}

interface HandBack {
  readonly takers: readonly Operation[];
  /** What the catalogue has of the holder. */
  readonly told: readonly LiveRegistration[];
  readonly operations: readonly Operation[];
}

/** A holder serves again, and is told of again, where who was to have what it held does not come to serve. */
export function handBack(holder: LiveContainer, handing: HandBack): Operation[] {
  const { takers, told } = handing;
  const undoing = takers.map((taker) => letsGo(taker, handing));
  const isLetGo = takers.every(({ kind }, at) => kind === "task.run" || undoing[at]?.length !== 0);
  if (!isLetGo) return [];
  const start = `undo.start:${holder.name}`;
  const container = handleOf(holder);
  const common = {
    onFailureOf: attemptedBy(holder, { ...handing, undoing: undoing.flat() }),
    change: removedAddress(holder),
  };
  const again: Operation = {
    ...common,
    id: start,
    kind: "container.start",
    container,
    after: undoing.flat().map(({ id }) => id),
  };
  if (told.length === 0) return [again];
  const write = { registrations: told, container, health: healthTold(told), after: [start] };
  const id = `undo.catalogue:${holder.name}`;
  return [again, { ...catalogueWrite({ id, ...write, change: common.change }), ...common }];
}

/** What takes back what was made for a taker, which then holds nothing. A one-shot that has ended does not either. */
function letsGo({ change }: Operation, { operations }: HandBack): readonly Operation[] {
  return operations.filter(
    (operation) =>
      operation.change === change &&
      operation.onFailureOf !== undefined &&
      (operation.kind === "container.stop" || operation.kind === "container.remove"),
  );
}

/** From the holder's stop on. */
function attemptedBy(
  holder: LiveContainer,
  { takers, told, undoing }: HandBack & { readonly undoing: readonly Operation[] },
): string[] {
  const made = undoing.flatMap(({ onFailureOf = [] }) => onFailureOf);
  const attempted = [
    ...(told.length > 0 ? [deregisterOperation(holder.name)] : []),
    stopOperation(holder),
    ...takers.map(({ id }) => id),
    ...made.filter((id) => !id.startsWith("container.create:")),
  ];
  return [...new Set(attempted)];
}

import type { Operation } from "./plan.ts";
import { deregisterOperation } from "./plan-registrations.ts";

/**
 * Who must let go of a host port serves until all is there that its takers wait for besides: what cannot be made,
 * and what fails before, costs nothing. What itself comes after the stop is not waited for, as where two swap ports.
 */
export function stopLate(operations: readonly Operation[]): readonly Operation[] {
  const starts = startsByStop(operations);
  if (starts.size === 0) return operations;
  const graph: Graph = new Map(operations.map(({ id, after }) => [id, new Set(after)]));
  for (const { id: stop } of operations) {
    const needed = (starts.get(stop) ?? []).flatMap(({ after }) => after);
    for (const id of needed.filter((one) => !isStop(one))) putOff(stop, id, graph);
  }
  return operations.map((operation) => ({
    ...operation,
    after: [...(graph.get(operation.id) ?? operation.after)],
  }));
}

type Graph = ReadonlyMap<string, Set<string>>;

/** The catalogue leads to what is to stop until then, too. */
function putOff(stop: string, until: string, graph: Graph): void {
  const held = [stop, deregisterOperation(stop.slice(STOP.length))];
  const isThere = graph.get(stop)?.has(until) ?? true;
  if (isThere || !graph.has(until) || reaches(until, held, graph)) return;
  for (const id of held) graph.get(id)?.add(until);
}

const STOP = "container.stop:";

/** By the stop that they wait for. */
function startsByStop(operations: readonly Operation[]): ReadonlyMap<string, Operation[]> {
  const starts = new Map<string, Operation[]>();
  for (const operation of operations) {
    if (!isStart(operation)) continue;
    for (const id of operation.after.filter(isStop)) {
      starts.set(id, [...(starts.get(id) ?? []), operation]);
    }
  }
  return starts;
}

export function isStart({ kind, onFailureOf }: Operation): boolean {
  return (kind === "container.start" || kind === "task.run") && onFailureOf === undefined;
}

function isStop(id: string): boolean {
  return id.startsWith(STOP);
}

/** Whether an operation comes after one of these, or is one. */
function reaches(from: string, goals: readonly string[], graph: Graph): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (goals.includes(id)) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(graph.get(id) ?? []));
  }
  return false;
}

import type { Operation } from "./plan.ts";

/**
 * Operations so that each comes after all that it waits for, otherwise in the order given. What they wait
 * for and is not planned is in place already, so those edges are dropped. A circle is a defect of the
 * planner and must never reach the executor, which would wait for ever.
 */
export function inTopologicalOrder(operations: readonly Operation[]): Operation[] {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  if (byId.size !== operations.length)
    throw new Error(`two operations share an id: ${doubled(operations)}`);
  const ordered: Operation[] = [];
  const state = new Map<string, "open" | "placed">();

  const place = (operation: Operation): void => {
    if (state.get(operation.id) === "placed") return;
    if (state.get(operation.id) === "open")
      throw new Error(`operations wait for each other at ${operation.id}`);
    state.set(operation.id, "open");
    const after = [...new Set(operation.after)].filter((id) => byId.has(id));
    for (const id of [...after, ...(operation.onFailureOf ?? [])]) {
      const earlier = byId.get(id);
      if (earlier) place(earlier);
    }
    state.set(operation.id, "placed");
    ordered.push({ ...operation, after });
  };

  operations.forEach(place);
  return ordered;
}

function doubled(operations: readonly Operation[]): string {
  const ids = operations.map(({ id }) => id);
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))].join(", ");
}

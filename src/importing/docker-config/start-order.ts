import { textOf } from "../node.ts";
import type { Container } from "./read-steps.ts";

/** What is started before a container in its step: all of the next lower `start_order`. */
export function startedBefore(
  container: Container,
  all: readonly Container[],
): readonly Container[] {
  const own = orderOf(container);
  const lower = all.filter((other) => other.step === container.step && orderOf(other) < own);
  const highest = Math.max(...lower.map(orderOf));
  return lower.filter((other) => orderOf(other) === highest);
}

function orderOf({ body }: Container): number {
  const order = Number(textOf(body.entries.get("start_order")) ?? 0);
  return Number.isFinite(order) ? order : 0;
}

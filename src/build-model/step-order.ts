import { AxonError, type SourcePosition } from "../errors.ts";
import type { Requirement } from "../model.ts";

/** A service or a one-shot, as far as order goes. */
export interface OrderNode {
  readonly name: string;
  /** As written in the file or the descriptor. */
  readonly step: number | undefined;
  readonly defaultStep: number;
  readonly requires: readonly Requirement[];
  readonly at: SourcePosition;
}

/**
 * Works out every step. One that is not written is the usual one, or later where something that it
 * requires is later. Throws REQUIRE_CYCLE and REQUIRE_LATER_STEP.
 */
export function orderSteps(nodes: readonly OrderNode[]): ReadonlyMap<string, number> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const steps = new Map<string, number>();

  const visit = (node: OrderNode, trail: readonly string[]): number => {
    const known = steps.get(node.name);
    if (known !== undefined) return known;
    if (trail.includes(node.name)) throw cycle(node, trail);
    const needed = node.requires.map(({ target }) => {
      const required = byName.get(target);
      return required === undefined ? 0 : visit(required, [...trail, node.name]);
    });
    const step = node.step ?? Math.max(node.defaultStep, ...needed);
    steps.set(node.name, step);
    return step;
  };

  for (const node of nodes) visit(node, []);
  for (const node of nodes) checkNotLater(node, steps);
  return steps;
}

function cycle(node: OrderNode, trail: readonly string[]): AxonError {
  const circle = [...trail.slice(trail.indexOf(node.name)), node.name];
  return new AxonError("REQUIRE_CYCLE", `these require each other: ${circle.join(" -> ")}`, {
    at: node.at,
    hint: "Take one of these out of a require.",
  });
}

function checkNotLater(node: OrderNode, steps: ReadonlyMap<string, number>): void {
  const own = steps.get(node.name) ?? 0;
  for (const { target } of node.requires) {
    const theirs = steps.get(target) ?? 0;
    if (theirs <= own) continue;
    throw new AxonError(
      "REQUIRE_LATER_STEP",
      `${node.name} (step ${own}) requires ${target}, which comes later (step ${theirs})`,
      { at: node.at, hint: `Set step: ${theirs} on ${node.name}, or an earlier one on ${target}.` },
    );
  }
}

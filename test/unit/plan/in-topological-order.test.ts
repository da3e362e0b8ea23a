import { describe, expect, test } from "vitest";
import { inTopologicalOrder } from "../../../src/plan/in-topological-order.ts";
import type { Operation } from "../../../src/plan/plan.ts";

function operation(
  id: string,
  after: readonly string[],
  onFailureOf?: readonly string[],
): Operation {
  const common = { id, kind: "step.reached", step: 4, after, change: undefined } as const;
  return onFailureOf === undefined ? common : { ...common, onFailureOf };
}

describe("inTopologicalOrder", () => {
  const order = (...operations: Operation[]) => inTopologicalOrder(operations).map(({ id }) => id);

  test("each comes after all that it waits for, and else in the order given", () => {
    expect(
      order(operation("c", ["b"]), operation("x", []), operation("b", ["a"]), operation("a", [])),
    ).toEqual(["a", "b", "c", "x"]);
  });

  test("what undoes comes after what it would undo", () => {
    expect(order(operation("undo", [], ["b"]), operation("a", []), operation("b", ["a"]))).toEqual([
      "a",
      "b",
      "undo",
    ]);
  });

  test("what is waited for and not planned is in place already", () => {
    expect(inTopologicalOrder([operation("a", ["elsewhere"])])).toEqual([operation("a", [])]);
  });

  test("one that is waited for twice is waited for once", () => {
    expect(inTopologicalOrder([operation("a", []), operation("b", ["a", "a"])])[1]?.after).toEqual([
      "a",
    ]);
  });

  test("a circle is a defect that is told here, because the executor would wait for ever", () => {
    expect(() =>
      order(operation("a", ["b"]), operation("b", ["c"]), operation("c", ["a"])),
    ).toThrow(/wait for each other/);
    expect(() => order(operation("a", ["a"]))).toThrow(/wait for each other/);
  });

  test("two operations with one id are a defect", () => {
    expect(() => order(operation("a", []), operation("a", []))).toThrow(/share an id: a/);
  });
});

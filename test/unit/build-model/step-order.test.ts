import { describe, expect, test } from "vitest";
import { type OrderNode, orderSteps } from "../../../src/build-model/step-order.ts";

const AT = { file: "Servicefile", line: 1, column: 1 };

function node(name: string, overrides: Partial<OrderNode> & { needs?: string[] } = {}): OrderNode {
  const { needs = [], ...rest } = overrides;
  const requires = needs.map((target) => ({ target, condition: "started" as const }));
  return { name, step: undefined, defaultStep: 4, requires, at: AT, ...rest };
}

describe("orderSteps", () => {
  const stepsOf = (...nodes: OrderNode[]) => Object.fromEntries(orderSteps(nodes));

  test("a step that is written stands, and one that is not is the usual one", () => {
    expect(stepsOf(node("db", { step: 2 }), node("web"))).toEqual({ db: 2, web: 4 });
  });

  test("without a step of its own, a service comes no earlier than what it requires", () => {
    const nodes = [
      node("report", { needs: ["web"] }),
      node("web", { needs: ["late"] }),
      node("late", { step: 5 }),
    ];
    expect(stepsOf(...nodes)).toEqual({ late: 5, web: 5, report: 5 });
  });

  test("a one-shot is raised by what it requires as well", () => {
    const migrate = node("web.migrate", { defaultStep: 3, needs: ["db"] });
    expect(stepsOf(migrate, node("db"))).toEqual({ db: 4, "web.migrate": 4 });
  });

  test("the result does not depend on the order of the nodes", () => {
    const nodes = [
      node("a", { needs: ["b"] }),
      node("b", { needs: ["c"] }),
      node("c", { step: 5 }),
    ];
    expect(stepsOf(...nodes)).toEqual(stepsOf(...nodes.toReversed()));
  });

  test("what is required within the same step is fine", () => {
    expect(stepsOf(node("a", { step: 3, needs: ["b"] }), node("b", { step: 3 }))).toEqual({
      a: 3,
      b: 3,
    });
  });

  test("what is required and not known here is no reason to wait", () => {
    expect(stepsOf(node("a", { needs: ["elsewhere"] }))).toEqual({ a: 4 });
  });

  test.for([
    [[node("a", { needs: ["a"] })], "a -> a"],
    [
      [
        node("entry", { needs: ["a"] }),
        node("a", { needs: ["b"] }),
        node("b", { needs: ["c"] }),
        node("c", { needs: ["a"] }),
      ],
      "a -> b -> c -> a",
    ],
    [[node("a", { step: 4, needs: ["b"] }), node("b", { step: 4, needs: ["a"] })], "a -> b -> a"],
  ] as const)("a circle is an error that names it", ([nodes, circle]) => {
    expect(() => orderSteps(nodes)).toThrow(
      expect.objectContaining({
        code: "REQUIRE_CYCLE",
        at: AT,
        message: expect.stringContaining(circle),
      }),
    );
  });

  test("requiring what comes in a later step is an error at the one that requires", () => {
    const at = { ...AT, line: 7 };
    const nodes = [node("web", { step: 2, needs: ["db"], at }), node("db", { step: 3 })];
    expect(() => orderSteps(nodes)).toThrow(
      expect.objectContaining({ code: "REQUIRE_LATER_STEP", at }),
    );
  });

  test("a step that was raised can be too late for what was written", () => {
    const nodes = [
      node("web", { step: 4, needs: ["db"] }),
      node("db", { needs: ["late"] }),
      node("late", { step: 5 }),
    ];
    expect(() => orderSteps(nodes)).toThrow(
      expect.objectContaining({ code: "REQUIRE_LATER_STEP" }),
    );
  });
});

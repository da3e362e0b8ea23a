import { expect, test } from "vitest";
import { awaitedAmong, turnOf } from "../../../src/apply/turn-of.ts";
import type { Operation } from "../../../src/plan/plan.ts";

const common = { id: "one", after: [], change: undefined, container: { id: "c1" } };

const operation = (kind: Operation["kind"], more: object = {}) =>
  ({ ...common, kind, ...more }) as unknown as Operation;

const rankOf = (kind: Operation["kind"], more: object = {}, isAwaited = false) =>
  turnOf(operation(kind, more), isAwaited).rank;

const UNDOES = { onFailureOf: ["other"] };

test("what starts comes first, then what undoes or is told, creations, stops, and removals that nobody waits for", () => {
  const ranks = [
    rankOf("container.start"),
    rankOf("route.switch"),
    rankOf("container.create"),
    rankOf("container.stop"),
    rankOf("container.remove"),
  ];
  expect(ranks).toEqual([...ranks].sort((one, other) => one - other));
  expect(new Set(ranks).size).toBe(ranks.length);
});

test("what undoes comes before work that goes on, and where it starts, before all else", () => {
  expect(rankOf("container.start", UNDOES)).toBe(rankOf("container.start"));
  expect(rankOf("container.start", UNDOES)).toBeLessThan(rankOf("container.stop", UNDOES));
  for (const kind of ["container.stop", "container.remove"] as const) {
    expect(rankOf(kind, UNDOES)).toBeLessThan(rankOf("container.create"));
    expect(turnOf(operation(kind, UNDOES), false).amongAtMost).toBeUndefined();
  }
});

test("a removal without which something cannot be made is no clearing away", () => {
  expect(rankOf("container.remove", {}, true)).toBeLessThan(rankOf("container.create"));
  expect(turnOf(operation("container.remove"), true).amongAtMost).toBeUndefined();
});

test("what lasts gives its turn back also where it undoes, and so does a router that does not answer yet", () => {
  expect(turnOf(operation("container.stop", UNDOES), false).busyMilliseconds).toBe(500);
  expect(turnOf(operation("container.stop"), false).busyMilliseconds).toBe(500);
  expect(turnOf(operation("route.verify"), false).busyMilliseconds).toBe(500);
});

test("awaited is what a creation, a name or a one-shot waits for, and not what is only told or undone", () => {
  const awaited = awaitedAmong([
    operation("container.create", { after: ["a"] }),
    operation("container.rename", { after: ["b"] }),
    operation("task.run", { after: ["c"] }),
    operation("container.rename", { after: ["d"], ...UNDOES }),
    operation("network.remove", { after: ["e"] }),
    operation("store.write", { after: ["f"] }),
  ]);
  expect([...awaited]).toEqual(["a", "b", "c"]);
});

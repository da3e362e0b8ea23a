import { expect, test } from "vitest";
import { turnOf } from "../../../src/apply/turn-of.ts";

const common = { id: "one", after: [], change: undefined, container: { id: "c1" } };

test("what undoes waits for no work that goes on, whatever it does", () => {
  for (const kind of ["container.start", "container.stop", "container.remove"] as const) {
    const turn = turnOf({ ...common, kind, onFailureOf: ["other"] });
    expect(turn).toMatchObject({ rank: 0 });
    expect(turn.amongAtMost).toBeUndefined();
  }
});

test("a stop that lasts gives its turn back also where it undoes", () => {
  const stop = { ...common, kind: "container.stop" } as const;
  expect(turnOf({ ...stop, onFailureOf: ["other"] }).busyMilliseconds).toBe(500);
  expect(turnOf(stop).busyMilliseconds).toBe(500);
});

import { describe, expect, test } from "vitest";
import { judgeRun } from "../../../src/apply/judge-run.ts";
import type { Outcome } from "../../../src/apply/outcome.ts";
import { AxonError } from "../../../src/errors.ts";
import type { Change, Operation, Plan } from "../../../src/plan/plan.ts";

const done: Outcome = { kind: "done" };
const unneeded: Outcome = { kind: "unneeded" };
const skipped: Outcome = { kind: "skipped", because: "x failed" };
const failed: Outcome = { kind: "failed", error: new AxonError("ENGINE_REFUSED", "no") };

function change(address: string): Change {
  return {
    address,
    resource: "service",
    name: address,
    action: "create",
    section: { kind: "step", step: 4 },
    cause: "",
    attributes: [],
    unchanged: 0,
  };
}

function operation(id: string, owner: string, rest: Partial<Operation> = {}): Operation {
  const container = { id: "1" };
  return {
    id,
    kind: "container.start",
    container,
    after: [],
    change: owner,
    ...rest,
  } as Operation;
}

/** Each change has one operation; `undo` has two that undo `web`. */
const plan: Plan = {
  deployment: "shop",
  changes: [change("db"), change("web")],
  operations: [
    operation("db.start", "db"),
    operation("web.start", "web"),
    operation("undo.remove", "web", { kind: "container.remove", onFailureOf: ["web.start"] }),
    operation("undo.start", "web", { onFailureOf: ["web.start"], restores: true }),
  ],
  notices: [],
  held: [],
};

type Told = readonly [db: Outcome, web: Outcome, remove?: Outcome, start?: Outcome];

function judge([db, web, remove = unneeded, start = unneeded]: Told, interrupted = false) {
  const outcomes = new Map([
    ["db.start", db],
    ["web.start", web],
    ["undo.remove", remove],
    ["undo.start", start],
  ]);
  return judgeRun(plan, outcomes, interrupted);
}

describe("judgeRun", () => {
  test("all done is success, also when the run was told to stop at its very end", () => {
    expect(judge([done, done])).toEqual({
      done: ["db", "web"],
      failed: [],
      skipped: [],
      exitCode: undefined,
    });
    expect(judge([done, done], true).exitCode).toBeUndefined();
  });

  test("1: what failed before anything was done", () => {
    expect(judge([failed, skipped])).toMatchObject({
      exitCode: 1,
      failed: [{ address: "db", rolledBack: false }],
      skipped: ["web"],
    });
  });

  test("5: the old version of what failed serves again", () => {
    expect(judge([skipped, failed, done, done])).toMatchObject({
      exitCode: 5,
      failed: [{ address: "web", rolledBack: true }],
    });
  });

  test("5: also where not all that could have been undone had been done", () => {
    expect(judge([skipped, failed, unneeded, done]).exitCode).toBe(5);
  });

  test("6: what failed is gone, but nothing serves in its place", () => {
    const verdict = judge([done, failed, done, unneeded]);
    expect(verdict).toMatchObject({ exitCode: 6, failed: [{ rolledBack: false }] });
  });

  test("6: something was done, and what failed was not rolled back", () => {
    expect(judge([done, failed])).toMatchObject({ exitCode: 6, done: ["db"] });
  });

  test("6: the rollback itself failed, which is told too", () => {
    const verdict = judge([done, failed, done, failed]);
    expect(verdict.exitCode).toBe(6);
    expect(verdict.failed).toMatchObject([
      { address: "web", rolledBack: false },
      { address: "undo.start", rolledBack: false },
    ]);
  });

  test("130: the run was interrupted and something was not begun", () => {
    expect(judge([done, skipped], true).exitCode).toBe(130);
    expect(judge([failed, skipped], true).exitCode).toBe(130);
  });

  test("1: what was taken back had never been done, and only waits were over", () => {
    const verdict = judge([skipped, failed, done, failed]);
    expect(verdict).toMatchObject({ exitCode: 1, failed: [{ rolledBack: false }, {}] });
    const wait = operation("db.start", "db", { kind: "container.awaitReady" });
    const waited: Plan = { ...plan, operations: [wait, operation("web.start", "web")] };
    const outcomes = new Map<string, Outcome>([
      ["db.start", done],
      ["web.start", failed],
    ]);
    expect(judgeRun(waited, outcomes, false).exitCode).toBe(1);
  });

  test("a one-shot that ran and failed has changed something", () => {
    const task: Plan = { ...plan, changes: [change("db")], operations: [operation("run", "db")] };
    const error = new AxonError("TASK_FAILED", "exit 3");
    const outcomes = new Map<string, Outcome>([["run", { kind: "failed", error }]]);
    expect(judgeRun(task, outcomes, false).exitCode).toBe(6);
  });

  test("a wait that belongs to no change and fails is told under its own name", () => {
    const wait: Operation = { ...operation("wait", "none"), change: undefined };
    const loose = { ...plan, changes: [], operations: [wait] };
    expect(judgeRun(loose, new Map([["wait", failed]]), false)).toMatchObject({
      failed: [{ address: "wait" }],
      exitCode: 1,
    });
  });
});

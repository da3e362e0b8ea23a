import { describe, expect, test } from "vitest";
import { type ChangeListener, trackChanges } from "../../../../src/cli/output/change-progress.ts";
import { lineProgress } from "../../../../src/cli/output/line-progress.ts";
import { AxonError } from "../../../../src/errors.ts";
import type { AxonEvent } from "../../../../src/events.ts";
import type { Change, Operation, Plan } from "../../../../src/plan/plan.ts";

function change(name: string, action: "create" | "run"): Change {
  return {
    address: action === "run" ? `task.${name}` : `service.${name}`,
    resource: action === "run" ? "task" : "service",
    name,
    action,
    section: { kind: "step", step: 4 },
    cause: "",
    attributes: [],
    unchanged: 0,
  };
}

function operation(id: string, owner: string, onFailureOf?: readonly string[]): Operation {
  const common = { id, kind: "step.reached", step: 4, after: [], change: owner } as const;
  return onFailureOf === undefined ? common : { ...common, onFailureOf };
}

const web = "service.web";
const plan: Plan = {
  deployment: "shop",
  changes: [change("web", "create"), change("web.migrate", "run")],
  operations: [
    operation("create", web),
    operation("start", web),
    operation("undo", web, ["create", "start"]),
    operation("migrate", "task.web.migrate"),
  ],
  notices: [],
  held: [],
};

const started = (id: string, owner = web): AxonEvent => ({
  kind: "operation.started",
  operation: id,
  change: owner,
});
const done = (id: string, owner = web): AxonEvent => ({
  kind: "operation.done",
  operation: id,
  change: owner,
  milliseconds: 1,
});
const failed = (id: string): AxonEvent => ({
  kind: "operation.failed",
  operation: id,
  change: web,
  error: new AxonError("ENGINE_REFUSED", "no space left"),
});
const skipped = (id: string): AxonEvent => ({
  kind: "operation.skipped",
  operation: id,
  change: web,
  because: "create failed",
});

/** The lines that a run with these events writes; each event comes 500 ms after the one before. */
function linesFor(...events: AxonEvent[]): string[] {
  let text = "";
  let time = 0;
  const output = { isTerminal: false, write: (part: string) => (text += part) };
  const track = trackChanges(plan, lineProgress(output as never), () => time);
  for (const event of events) {
    track(event);
    time += 500;
  }
  return text.split("\n").slice(0, -1);
}

describe("progress, one line for each event", () => {
  test("a change is told once, when the last of its operations has ended", () => {
    expect(linesFor(started("create"), done("create"), started("start"), done("start"))).toEqual([
      "web: created (1.5 s)",
    ]);
    expect(linesFor(started("create"), done("create"), started("start"))).toEqual([]);
  });

  test("a one-shot is told when it begins, with its lines while it runs", () => {
    const task = "task.web.migrate";
    const line: AxonEvent = {
      kind: "task.output",
      task: "web.migrate",
      stream: "stdout",
      line: "creating tables",
    };
    expect(linesFor(started("migrate", task), line, done("migrate", task))).toEqual([
      "web.migrate: running",
      "  web.migrate | creating tables",
      "web.migrate: done (1.0 s)",
    ]);
  });

  test("of a change of which something failed and the rest was skipped, the failure is told", () => {
    expect(linesFor(started("create"), failed("create"), skipped("start"))).toEqual([
      "failed: web: no space left",
    ]);
    expect(linesFor(skipped("start"), started("create"), failed("create"))).toEqual([
      "failed: web: no space left",
    ]);
  });

  test("a change of which nothing was begun is told as skipped, and why", () => {
    expect(linesFor(skipped("create"), skipped("start"))).toEqual(["web: skipped, web failed"]);
  });

  test("undoing is no part of whether a change has ended", () => {
    expect(
      linesFor(started("create"), failed("create"), skipped("start"), done("undo")),
    ).toHaveLength(1);
  });

  test("the last lines of what did not become ready are shown under its name", () => {
    const logs: AxonEvent = { kind: "container.logs", container: "web", lines: ["boom", "bye"] };
    expect(linesFor(logs)).toEqual(["last 2 log lines of web:", "  web | boom", "  web | bye"]);
  });

  test("a change that had begun goes on where it was when what it waited for is healthy", () => {
    const told: string[] = [];
    const waitingPlan = {
      ...plan,
      operations: [
        operation("create", web),
        { ...operation("ready", "none"), change: undefined, instance: "service.db" },
        { ...operation("start", web), after: ["create", "ready"] },
        { ...operation("migrate", "task.web.migrate"), after: ["ready"] },
      ],
    };
    const listener: ChangeListener = {
      started: ({ name }) => told.push(`${name} started`),
      waiting: ({ name }, whatFor) => told.push(`${name} waits for ${whatFor}`),
      ended: ({ name }) => told.push(`${name} ended`),
      output: () => {},
      logs: () => {},
    };
    const track = trackChanges(waitingPlan, listener, () => 0);
    const waiting = { kind: "operation.waiting", operation: "ready", change: undefined } as const;
    for (const event of [started("create"), done("create"), waiting, done("ready", "none")]) {
      track(event);
    }
    expect(told).toEqual([
      "web started",
      "web waits for db",
      "web.migrate waits for db",
      "web started",
    ]);
  });

  test("events of operations that belong to no change say nothing", () => {
    expect(linesFor(started("x", "none"), done("x", "none"))).toEqual([]);
  });
});

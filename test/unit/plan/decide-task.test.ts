import { describe, expect, test } from "vitest";
import type { LiveContainer, TaskRecord } from "../../../src/live.ts";
import { decideTask, resumable } from "../../../src/plan/plan-task.ts";
import { liveContainer, task } from "../../helpers/build.ts";

const INPUTS = { image: "sha256:1", "env.A": "1" };
const RECORD: TaskRecord = {
  version: 1,
  id: "web.migrate",
  exitCode: 0,
  ended: "exited",
  finishedAt: "2026-01-01T00:00:00Z",
  inputs: INPUTS,
};

describe("decideTask", () => {
  const decide = (
    record: Partial<TaskRecord>,
    overrides: Parameters<typeof task>[1] = {},
    inputs: Readonly<Record<string, string>> = INPUTS,
  ) => decideTask(task("web.migrate", overrides), { ...RECORD, ...record }, inputs)?.cause;

  test("one that ended well with these inputs does not run again", () => {
    expect(decide({})).toBeUndefined();
    expect(decide({ exitCode: 4 }, { acceptedExitCodes: [0, 4] })).toBeUndefined();
  });

  test.for(["on-change", "once", "always"] as const)(
    "one that runs %s runs when it never did, and when it did not end well",
    (run) => {
      expect(decideTask(task("web.migrate", { run }), undefined, INPUTS)).toBeDefined();
      expect(decide({ exitCode: 3 }, { run })).toBe("last run failed (exit 3)");
      expect(decide({ ended: "timeout", exitCode: -1 }, { run })).toBe(
        "last run did not end in time",
      );
      expect(decide({ ended: "interrupted", exitCode: 0 }, { run })).toBe(
        "last run was interrupted",
      );
    },
  );

  test("a code that is not accepted any more is a failure", () => {
    expect(decide({ exitCode: 4 }, { acceptedExitCodes: [0] })).toBeDefined();
  });

  test("other inputs are a reason, but for one that runs once", () => {
    const inputs = { ...INPUTS, "env.A": "2", "env.B": "1", image: "sha256:2" };
    expect(decide({}, {}, inputs)).toBe("env and image changed");
    expect(decide({}, { run: "once" }, inputs)).toBeUndefined();
  });

  test("of a file that holds a secret nothing is shown, of another the beginning of its digest", () => {
    const inputs = (secret: string, open: string) => ({
      ...INPUTS,
      "files./run/secrets/db": secret,
      "files./etc/conf": `sha256:${open.repeat(64)}`,
    });
    const record = { ...RECORD, inputs: inputs("keyed-1", "1") };
    const decision = decideTask(task("web.migrate"), record, inputs("keyed-2", "2"));
    expect(decision?.attributes).toMatchObject([
      { path: "files./etc/conf", before: "sha256:111111111111", after: "sha256:222222222222" },
      { path: "files./run/secrets/db", before: undefined, after: undefined, sensitive: true },
    ]);
    expect(JSON.stringify(decision)).not.toContain("keyed");
  });

  test("one that runs always needs no reason", () => {
    expect(decide({}, { run: "always" })).toBe("runs at every deploy");
  });
});

test("only the container of a one-shot that was started is taken over: one that was made may lack its files", () => {
  const identity = {
    deployment: "shop",
    service: "web.migrate",
    instance: 0,
    kind: "bootstrap",
    inputs: "1",
  } as const;
  const isTakenOver = (status: LiveContainer["status"]) =>
    resumable(task("web.migrate"), "1", [liveContainer({ identity, status, exitCode: 0 })]) !==
    undefined;
  expect(isTakenOver("running")).toBe(true);
  expect(isTakenOver("exited")).toBe(true);
  expect(isTakenOver("created")).toBe(false);
});

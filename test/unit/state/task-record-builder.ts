import type { TaskRecord } from "../../../src/live.ts";

export function taskRecord(overrides: Partial<TaskRecord> = {}): TaskRecord {
  return {
    version: 1,
    id: "web.migrate",
    exitCode: 0,
    ended: "exited",
    finishedAt: "2026-01-02T03:04:05.000Z",
    inputs: { image: "sha256:1" },
    ...overrides,
  };
}

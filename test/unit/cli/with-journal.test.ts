import { expect, test } from "vitest";
import { withJournal } from "../../../src/cli/with-journal.ts";
import type { JournalEntry, LockHolder } from "../../../src/live.ts";
import type { Plan } from "../../../src/plan/plan.ts";

const plan: Plan = { changes: [], notices: [{ code: "NOTICE", message: "another" }] } as never;

function journalOf(command: string, revision: number): JournalEntry {
  const at = "2026-11-21T02:38:41.060Z";
  return { version: 1, command, who: "ana@build", at, revision, planned: 0, changes: [] };
}

function told(journal: JournalEntry | undefined, revision: number, lockHolder?: LockHolder) {
  const { notices } = withJournal(plan, { journal, revision, lockHolder });
  expect(notices.at(-1)?.message).toBe("another");
  return notices.slice(0, -1).map(({ code }) => code);
}

test("an import that was cut off is told also where there are no changes, until a revision has it", () => {
  expect(told(journalOf("axon kv import", 2), 1)).toEqual(["RUN_CUT_OFF"]);
  expect(told(journalOf("axon kv import", 2), 2)).toEqual([]);
  expect(told(journalOf("axon deploy", 2), 1)).toEqual([]);
  expect(told(undefined, 1)).toEqual([]);
});

test("who has the lock is told in place of what is under way", () => {
  const holder: LockHolder = {
    version: 1,
    who: "ana@build",
    pid: 1,
    command: "axon kv import",
    since: "2026-11-21T02:38:41.060Z",
    ttlSeconds: 15,
  };
  expect(told(journalOf("axon kv import", 2), 1, holder)).toEqual(["LOCK_HELD"]);
});

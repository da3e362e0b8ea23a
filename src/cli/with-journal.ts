import type { LiveStore } from "../live.ts";
import { cutOffNotice } from "../plan/cut-off.ts";
import type { Notice, Plan } from "../plan/plan.ts";
import { isUnrecorded } from "../state/journal.ts";
import { describeLockHolder } from "../state/lock-holder.ts";

type Looked = Pick<LiveStore, "journal" | "lockHolder" | "revision">;

/** Where a run was cut off, or who is at it right now. */
export function withJournal(plan: Plan, live: Looked): Plan {
  return { ...plan, notices: [...noticesOf(plan, live), ...plan.notices] };
}

function noticesOf({ changes }: Plan, live: Looked): readonly Notice[] {
  const { journal, lockHolder, revision } = live;
  if (lockHolder !== undefined) {
    return [{ code: "LOCK_HELD", message: `${describeLockHolder(lockHolder)} deploys right now` }];
  }
  if (journal === undefined) return [];
  // Keys that are in no revision need not be what a plan is about.
  if (changes.length === 0 && !isUnrecorded(journal, revision)) return [];
  return [cutOffNotice(changes, journal)];
}

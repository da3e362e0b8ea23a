import type { JournalEntry } from "../live.ts";
import type { Change, Notice } from "./plan.ts";

/** Room for what follows the indent of a second line. */
const LINE = 78;

/**
 * Where a run was cut off, and how much of what it was to change this plan changes. Not what it has done: the
 * file may be another one by now.
 */
export function cutOffNotice(
  changes: readonly Change[],
  { who, at, command, planned, changes: begun }: JournalEntry,
): Notice {
  const code = "RUN_CUT_OFF";
  const run = `the ${command} of ${who} at ${at}`;
  // What another command was to change has other addresses, or was to become something else.
  if (command !== PLANNED_FOR) {
    return {
      code,
      message: `${run} is unfinished: this plan starts from what it left`,
    };
  }
  const listed = new Set(begun.map(({ address }) => address));
  const again = changes.map(({ address }) => address).filter((address) => listed.has(address));
  return { code, message: `${run} was cut off: ${common(again, { planned, listed })}` };
}

const PLANNED_FOR = "axon deploy";

interface Begun {
  readonly planned: number;
  readonly listed: ReadonlySet<string>;
}

function common(again: readonly string[], { planned, listed }: Begun): string {
  if (planned === 1) {
    const [address] = again;
    return `what it was to change is ${address === undefined ? "not in this plan" : `in this plan: ${address}`}`;
  }
  const all = `of the ${planned} that it was to change`;
  const isPart = listed.size < planned;
  if (again.length === 0) return `none ${all} is ${isPart ? "known to be " : ""}in this plan`;
  const count = `${isPart ? "at least " : ""}${again.length}`;
  return named(`${count} ${all} ${again.length === 1 ? "is" : "are"} in this plan: `, again);
}

/** As many as there is room for, and at least one. */
function named(start: string, addresses: readonly string[]): string {
  for (let shown = Math.min(addresses.length, LINE); ; shown -= 1) {
    const more = addresses.length - shown;
    const end = more === 0 ? "" : ` and ${more} more`;
    const text = `${start}${addresses.slice(0, shown).join(", ")}${end}`;
    if (text.length <= LINE || shown === 1) return text;
  }
}

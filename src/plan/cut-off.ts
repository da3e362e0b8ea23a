import type { JournalEntry } from "../live.ts";
import type { Change, Notice } from "./plan.ts";

/** Room for what follows the indent of a second line. */
const LINE = 78;

/** Where a run was cut off, and what is still to be done of it. */
export function cutOffNotice(
  changes: readonly Change[],
  { who, at, command, planned, changes: begun }: JournalEntry,
): Notice {
  const listed = new Set(begun.map(({ address }) => address));
  const left = changes.map(({ address }) => address).filter((address) => listed.has(address));
  const message = `the ${command} of ${who} at ${at} was cut off: ${rest(left, { planned, listed })}`;
  return { code: "RUN_CUT_OFF", message };
}

interface Begun {
  readonly planned: number;
  readonly listed: ReadonlySet<string>;
}

function rest(left: readonly string[], { planned, listed }: Begun): string {
  const its = `of its ${planned} ${planned === 1 ? "change" : "changes"}`;
  const isPart = listed.size < planned;
  if (left.length === 0) return `none ${its} is ${isPart ? "known to be " : ""}left to do`;
  const count = `${isPart ? "at least " : ""}${left.length}`;
  return named(`${count} ${its} ${left.length === 1 ? "is" : "are"} not done: `, left);
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

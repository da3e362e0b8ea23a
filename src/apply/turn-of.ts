import type { Operation } from "../plan/plan.ts";
import type { Turn } from "./turns.ts";

/**
 * The engine takes as long for all of them however many it is told of at once. The fewer it stops at once, the sooner the
 * successor of each one starts.
 */
const STOPS_AMONG_AT_MOST = 6;

/** What has not ended by then takes its time by itself, or does not listen to its signal. */
const BUSY_STOPPING_MILLISECONDS = 500;

/** Of those that take their time, too, so many at most are on their way down, and no more connections are kept for them. */
const STOPS_UNENDED_AT_MOST = 32;

/** A router that does not answer yet is waited for. */
const BUSY_VERIFYING_MILLISECONDS = 500;

/** What ends an outage comes before what begins one, and what nobody waits for comes last. */
const RANKS = { start: 0, usual: 1, create: 2, stop: 3, cleanUp: 4 };

/** `isAwaited`: without it something that is to serve cannot be made. */
export function turnOf({ kind, onFailureOf }: Operation, isAwaited: boolean): Turn {
  const isUndoing = onFailureOf !== undefined;
  switch (kind) {
    case "container.start":
      return { rank: RANKS.start };
    case "container.create":
      return { rank: RANKS.create };
    case "container.stop": {
      const busyMilliseconds = BUSY_STOPPING_MILLISECONDS;
      if (isUndoing) return { rank: RANKS.usual, busyMilliseconds };
      const unendedAtMost = STOPS_UNENDED_AT_MOST;
      return {
        rank: RANKS.stop,
        amongAtMost: STOPS_AMONG_AT_MOST,
        busyMilliseconds,
        unendedAtMost,
      };
    }
    case "container.remove":
      if (isUndoing || isAwaited) return { rank: RANKS.usual };
      return { rank: RANKS.cleanUp, amongAtMost: STOPS_AMONG_AT_MOST };
    case "route.verify":
      return { rank: RANKS.usual, busyMilliseconds: BUSY_VERIFYING_MILLISECONDS };
    default:
      return { rank: RANKS.usual };
  }
}

/** What makes something serve, and not what only tells of it or clears away. */
const MAKES: readonly Operation["kind"][] = ["container.create", "container.rename", "task.run"];

/** Ids of those without which something that is to serve cannot be made. */
export function awaitedAmong(operations: readonly Operation[]): ReadonlySet<string> {
  const making = operations.filter(
    ({ kind, onFailureOf }) => onFailureOf === undefined && MAKES.includes(kind),
  );
  return new Set(making.flatMap(({ after }) => after));
}

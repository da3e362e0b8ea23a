import type { Operation } from "../plan/plan.ts";
import type { Turn } from "./turns.ts";

/**
 * The engine takes as long for all of them however many it is told of at once. The fewer it stops at once, the sooner the
 * successor of each one starts.
 */
const STOPS_AMONG_AT_MOST = 6;

/** What has not ended by then does not listen to its signal: nothing is to be done about it until it is killed. */
const BUSY_STOPPING_MILLISECONDS = 500;

/** What ends an outage comes before what begins one, and what nobody waits for comes last. */
export function turnOf({ kind, onFailureOf }: Operation): Turn {
  const busyMilliseconds = kind === "container.stop" ? BUSY_STOPPING_MILLISECONDS : undefined;
  if (onFailureOf !== undefined) return { rank: 0, busyMilliseconds };
  switch (kind) {
    case "container.create":
      return { rank: 1 };
    case "container.stop":
      return { rank: 2, amongAtMost: STOPS_AMONG_AT_MOST, busyMilliseconds };
    case "container.remove":
      return { rank: 3, amongAtMost: STOPS_AMONG_AT_MOST };
    default:
      return { rank: 0 };
  }
}

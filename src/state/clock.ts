import { setTimeout as sleep } from "node:timers/promises";

/** Time as the lock needs it; a test hands in its own. */
export interface Clock {
  now(): Date;
  /** Milliseconds that only grow, whatever is done to the computer's date. */
  monotonic(): number;
  /** Keeps no process alive. Answers how to call it off. */
  after(milliseconds: number, run: () => void): () => void;
  /** Keeps the process alive. Rejects when the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds).unref();
    return () => clearTimeout(timer);
  },
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};

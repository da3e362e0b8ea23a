import type { Clock } from "../../src/state/clock.ts";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Time that passes only when a test says so. */
export class ManualClock implements Clock {
  #elapsed = 0;
  #timers: Timer[] = [];
  readonly #start: Date;

  constructor(start = new Date("2026-01-02T03:04:05Z")) {
    this.#start = start;
  }

  now(): Date {
    return new Date(this.#start.getTime() + this.#elapsed);
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#elapsed + milliseconds, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((done) => this.after(milliseconds, done));
  }

  /** What is due runs at its own time, and what it sets off in turn is waited for. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds;
    for (let next = this.#takeDue(end); next; next = this.#takeDue(end)) {
      this.#elapsed = next.at;
      next.run();
      await settled();
    }
    this.#elapsed = end;
    await settled();
  }

  /** As for a process that was frozen: the time is gone, and nothing ran in it. */
  freeze(milliseconds: number): void {
    this.#elapsed += milliseconds;
  }

  #takeDue(end: number): Timer | undefined {
    const [next] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
    this.#timers = this.#timers.filter((timer) => timer !== next);
    return next && { ...next, at: Math.max(next.at, this.#elapsed) };
  }
}

/** Lets promises that wait for nothing outside come to their ends. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Turn, Turns } from "../../../src/apply/turns.ts";

/** What has begun, and is to be ended by name. */
class Work {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, () => void>();
  readonly #turns: Turns;

  constructor(limit: number) {
    this.#turns = new Turns(limit);
  }

  begin(name: string, turn: Turn): Promise<void> {
    return this.#turns.take(turn, () => {
      this.begun.push(name);
      return new Promise((end) => this.#ends.set(name, end));
    });
  }

  end(name: string): void {
    this.#ends.get(name)?.();
  }
}

/** Until all that can happen has happened, but what takes time. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await setImmediate();
}

describe("turns", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  test("the lowest rank comes next, and of equals the first that came", async () => {
    const work = new Work(1);
    const ranks = { now: 9, late: 2, first: 1, second: 1, urgent: 0 };
    for (const [name, rank] of Object.entries(ranks)) void work.begin(name, { rank });
    for (const name of ["now", "urgent", "first", "second"]) {
      await quiet();
      work.end(name);
    }
    await quiet();
    expect(work.begun).toEqual(["now", "urgent", "first", "second", "late"]);
  });

  test("where too many have not ended it does not begin, though they do not count any more, until one of them ends", async () => {
    const work = new Work(3);
    const lasting = { rank: 0, busyMilliseconds: 500, unendedAtMost: 2 };
    for (const name of ["a", "b", "c"]) void work.begin(name, lasting);
    await quiet();
    expect(work.begun).toEqual(["a", "b"]);
    await vi.advanceTimersByTimeAsync(500);
    void work.begin("other", { rank: 0 });
    await quiet();
    expect(work.begun).toEqual(["a", "b", "other"]);
    work.end("other");
    await quiet();
    expect(work.begun).toEqual(["a", "b", "other"]);
    work.end("a");
    await quiet();
    expect(work.begun).toEqual(["a", "b", "other", "c"]);
  });

  test("what has waited for the one that ends is asked before the next one is chosen", async () => {
    const work = new Work(1);
    void work.begin("stop", { rank: 1 }).then(async () => {
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      void work.begin("start", { rank: 0 });
    });
    void work.begin("other stop", { rank: 1 });
    await quiet();
    work.end("stop");
    await quiet();
    expect(work.begun).toEqual(["stop", "start"]);
  });

  test("one that may only be among few lets others go before it", async () => {
    const work = new Work(3);
    for (const name of ["a", "b"]) void work.begin(name, { rank: 2 });
    void work.begin("stop", { rank: 1, amongAtMost: 2 });
    void work.begin("c", { rank: 2 });
    await quiet();
    expect(work.begun).toEqual(["a", "b", "c"]);
    work.end("a");
    await quiet();
    expect(work.begun).toEqual(["a", "b", "c"]);
    work.end("b");
    await quiet();
    expect(work.begun).toEqual(["a", "b", "c", "stop"]);
  });

  test("one that is busy no longer keeps nobody waiting, and ends once", async () => {
    const work = new Work(1);
    void work.begin("deaf", { rank: 1, busyMilliseconds: 500 });
    void work.begin("next", { rank: 1 });
    void work.begin("last", { rank: 1 });
    await vi.advanceTimersByTimeAsync(499);
    await quiet();
    expect(work.begun).toEqual(["deaf"]);
    await vi.advanceTimersByTimeAsync(1);
    await quiet();
    expect(work.begun).toEqual(["deaf", "next"]);
    work.end("deaf");
    await quiet();
    expect(work.begun).toEqual(["deaf", "next"]);
  });

  test("what fails is over, too", async () => {
    const turns = new Turns(1);
    const failing = turns.take({ rank: 0 }, () => Promise.reject(new Error("no")));
    const next = turns.take({ rank: 0 }, async () => "done");
    await expect(failing).rejects.toThrow("no");
    await quiet();
    expect(await next).toBe("done");
  });
});

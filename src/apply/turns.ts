export interface Turn {
  /** Of those that wait, the lowest comes next, and of equals the first that came. */
  readonly rank: number;
  /** It begins only where it is one of so many at most; undefined: only the limit for all counts. */
  readonly amongAtMost?: number | undefined;
  /** After this long it only waits for somebody else, and does not count; undefined: it always does. */
  readonly busyMilliseconds?: number | undefined;
  /** It begins only where, with those that do not count any more, so many at most have not ended; undefined: any number. */
  readonly unendedAtMost?: number | undefined;
}

interface Waiting extends Turn {
  readonly begin: () => void;
}

/** Lets so many run at the same time. */
export class Turns {
  readonly #limit: number;
  readonly #waiting: Waiting[] = [];
  #running = 0;
  /** Those that run, and those that do not count any more. */
  #unended = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async take<T>(turn: Turn, run: () => Promise<T>): Promise<T> {
    await this.#begun(turn);
    const giveBack = once(() => this.#giveBack());
    const { busyMilliseconds } = turn;
    const timer =
      busyMilliseconds === undefined ? undefined : setTimeout(giveBack, busyMilliseconds);
    try {
      return await run();
    } finally {
      clearTimeout(timer);
      // Whoever has waited for this one gets into the queue before the next one is chosen.
      setImmediate(() => {
        this.#unended -= 1;
        giveBack();
        this.#beginNext();
      });
    }
  }

  #begun(turn: Turn): Promise<void> {
    return new Promise((begin) => {
      const at = this.#waiting.findIndex(({ rank }) => rank > turn.rank);
      this.#waiting.splice(at === -1 ? this.#waiting.length : at, 0, { ...turn, begin });
      this.#beginNext();
    });
  }

  #giveBack(): void {
    this.#running -= 1;
    this.#beginNext();
  }

  #beginNext(): void {
    const at = this.#waiting.findIndex((turn) => this.#mayBegin(turn));
    const [next] = at === -1 ? [] : this.#waiting.splice(at, 1);
    if (next === undefined) return;
    this.#running += 1;
    this.#unended += 1;
    next.begin();
    this.#beginNext();
  }

  #mayBegin({ amongAtMost = this.#limit, unendedAtMost }: Turn): boolean {
    return (
      this.#running < Math.min(amongAtMost, this.#limit) &&
      (unendedAtMost === undefined || this.#unended < unendedAtMost)
    );
  }
}

function once(call: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) call();
    isDone = true;
  };
}

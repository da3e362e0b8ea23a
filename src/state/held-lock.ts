import { AxonError } from "../errors.ts";
import type { KvSession, KvStore, KvWrite } from "../kv/kv-store.ts";
import { lockKey } from "../store-layout.ts";
import type { Clock } from "./clock.ts";

/** The lock of one deployment, from the moment it was taken. */
export interface DeploymentLock {
  readonly deployment: string;
  /** Higher than that of everybody who had the lock before. */
  readonly fence: number;
  /** With it in a transaction, the store writes only while the lock is held. */
  readonly guard: Extract<KvWrite, { kind: "checkSession" }>;
  /** Aborts, with LOCK_LOST as its reason, when the lock cannot be proven any more. It never comes back. */
  readonly lost: AbortSignal;

  /**
   * By the clock alone, without asking: false as soon as the time to live has passed since the last renewal
   * that was answered was sent, so that a process that was frozen knows before it does anything. The store
   * frees the lock no earlier than that.
   */
  isHeld(): boolean;

  /** Throws LOCK_LOST when the lock is not held. Ask before each thing that only one may do. */
  check(): void;

  /** For who has seen that the store does not know the lock any more: makes it lost, and answers why. */
  lose(reason: string): AxonError;

  /** Frees it. Never rejects; false: the store did not answer and frees it by itself in a while. */
  release(): Promise<boolean>;
}

export interface Taken {
  readonly store: KvStore;
  readonly deployment: string;
  readonly session: KvSession;
  readonly fence: number;
  readonly ttlSeconds: number;
  readonly clock: Clock;
  /** Before the session was asked for. */
  readonly since: Moment;
}

export interface Moment {
  readonly monotonic: number;
  readonly date: number;
}

export function momentOf(clock: Clock): Moment {
  return { monotonic: clock.monotonic(), date: clock.now().getTime() };
}

const RENEWALS_PER_LIFE = 3;
const RETRIES_PER_LIFE = 15;

/** Renews the session in the background until the lock is released or lost. */
export class HeldLock implements DeploymentLock {
  readonly deployment: string;
  readonly fence: number;
  readonly guard: DeploymentLock["guard"];
  readonly lost: AbortSignal;
  readonly #taken: Taken;
  readonly #lose = new AbortController();
  readonly #life: number;
  #proven: Moment;
  #isReleased = false;
  #stopRenewing = () => {};
  #stopWatching = () => {};

  constructor(taken: Taken) {
    this.deployment = taken.deployment;
    this.fence = taken.fence;
    this.guard = {
      kind: "checkSession",
      key: lockKey(taken.deployment),
      session: taken.session.id,
    };
    this.lost = this.#lose.signal;
    this.#taken = taken;
    this.#life = taken.ttlSeconds * 1000;
    this.#proven = taken.since;
    this.#watch();
    this.#renewIn(this.#life / RENEWALS_PER_LIFE);
  }

  isHeld(): boolean {
    if (this.#isReleased || this.lost.aborted) return false;
    if (this.#sinceProven() <= this.#life) return true;
    this.lose(`it could not be renewed for more than ${this.#taken.ttlSeconds} s`);
    return false;
  }

  check(): void {
    if (this.isHeld()) return;
    throw this.lost.aborted ? this.lost.reason : lockLost(this.deployment, "it was released");
  }

  lose(reason: string): AxonError {
    this.#stop();
    if (!this.lost.aborted) this.#lose.abort(lockLost(this.deployment, reason));
    return this.lost.reason;
  }

  async release(): Promise<boolean> {
    const { store, session } = this.#taken;
    this.#stop();
    this.#isReleased = true;
    try {
      const { key, session: id } = this.guard;
      await store.transact([{ kind: "release", key, session: id }]);
      await session.end();
      return true;
    } catch {
      return false;
    }
  }

  /**
   * The computer's date counts, too, because the other clock stands still while the computer sleeps. Set
   * forward by hand, it makes a lock look lost that is not: that is the safe mistake.
   */
  #sinceProven(): number {
    const { clock } = this.#taken;
    const now = momentOf(clock);
    return Math.max(now.monotonic - this.#proven.monotonic, now.date - this.#proven.date);
  }

  /** Tells those who listen to `lost` when the time is over, even while a renewal hangs. */
  #watch(): void {
    this.#stopWatching();
    const left = Math.max(0, this.#life - this.#sinceProven());
    this.#stopWatching = this.#taken.clock.after(left + 1, () => void this.isHeld());
  }

  #renewIn(milliseconds: number): void {
    this.#stopRenewing = this.#taken.clock.after(milliseconds, () => void this.#renew());
  }

  async #renew(): Promise<void> {
    if (!this.isHeld()) return;
    const sent = momentOf(this.#taken.clock);
    const answer = await this.#prove();
    if (this.#isReleased || this.lost.aborted) return;
    if (answer === "gone") {
      this.lose("the store has given it up");
    } else if (answer === "held") {
      this.#proven = sent;
      this.#watch();
      this.#renewIn(this.#life / RENEWALS_PER_LIFE);
    } else {
      this.#renewIn(this.#life / RETRIES_PER_LIFE);
    }
  }

  /** A session may live on without its lock: somebody may have freed that by hand. */
  async #prove(): Promise<"held" | "gone" | "unknown"> {
    const { store, session, clock } = this.#taken;
    const limit = new AbortController();
    const callOff = clock.after(this.#life / RENEWALS_PER_LIFE, () => limit.abort());
    try {
      if (!(await session.renew(limit.signal))) return "gone";
      const { kind } = await store.transact([this.guard], limit.signal);
      return kind === "written" ? "held" : "gone";
    } catch {
      return "unknown";
    } finally {
      callOff();
    }
  }

  #stop(): void {
    this.#stopRenewing();
    this.#stopWatching();
  }
}

function lockLost(deployment: string, reason: string): AxonError {
  return new AxonError("LOCK_LOST", `the lock of ${deployment} is lost: ${reason}`, {
    hint: "Run the command again; it sees what this run has done",
  });
}

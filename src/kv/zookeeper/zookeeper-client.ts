import type { ZooKeeperConnection } from "./wire/connection.ts";
import { ConnectionLost, timeoutError } from "./wire/failures.ts";
import type { ZooKeeperDialer } from "./zookeeper-dialer.ts";
import { translateFailure } from "./zookeeper-errors.ts";

/** Dead deployers' connections leave nothing behind, so it does not matter how long their sessions are kept. */
const SESSION_MILLISECONDS = 12_000;
/** An ensemble that lost its leader has another one after a few seconds. */
const ANSWER_MILLISECONDS = 10_000;

/** Nothing is lost when a server that is gone cannot be told. */
const CLOSE_MILLISECONDS = 1_000;

type Task<T> = (connection: ZooKeeperConnection) => Promise<T>;

/**
 * Keeps one connection for whatever is asked, and opens another one when it was lost. Its ZooKeeper session
 * holds nothing, so that a new one does as well.
 */
export class ZooKeeperClient {
  readonly dialer: ZooKeeperDialer;
  #connecting: Promise<ZooKeeperConnection> | undefined;
  #connection: ZooKeeperConnection | undefined;
  readonly #adopted = new Set<ZooKeeperConnection>();
  #isClosed = false;

  constructor(dialer: ZooKeeperDialer) {
    this.dialer = dialer;
  }

  /** What changes nothing: it is tried again, once, when the connection was lost under it. */
  async read<T>(task: Task<T>, signal: AbortSignal | undefined): Promise<T> {
    const again: Task<T> = async (connection) => {
      try {
        return await task(connection);
      } catch (error) {
        if (!(error instanceof ConnectionLost) || this.#isClosed) throw error;
        return await task(await this.#connected());
      }
    };
    return await this.call(again, signal);
  }

  async call<T>(task: Task<T>, signal: AbortSignal | undefined): Promise<T> {
    this.checkOpen();
    signal?.throwIfAborted();
    const run = async () => {
      const connection = await this.#connected();
      signal?.throwIfAborted();
      return await withinTime(task(connection), () => this.#connection);
    };
    try {
      return await unlessAborted(run(), signal);
    } catch (error) {
      throw translateFailure(error, this.dialer.description);
    }
  }

  checkOpen(): void {
    if (this.#isClosed) throw new Error("the store is closed");
  }

  /** Closes it with this one, and leaves its session to its time. */
  adopt(connection: ZooKeeperConnection): void {
    for (const one of this.#adopted) if (one.isLost) this.#adopted.delete(one);
    this.#adopted.add(connection);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const connection of this.#adopted) connection.drop();
    const connecting = await this.#connecting?.catch(() => undefined);
    const connection = connecting ?? this.#connection;
    const timer = setTimeout(() => connection?.drop(), CLOSE_MILLISECONDS);
    await connection?.end().catch(() => undefined);
    clearTimeout(timer);
  }

  async #connected(): Promise<ZooKeeperConnection> {
    if (this.#connection && !this.#connection.isLost) return this.#connection;
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return await this.#connecting;
  }

  async #connect(): Promise<ZooKeeperConnection> {
    this.#connection = await this.dialer.dial({
      sessionMilliseconds: SESSION_MILLISECONDS,
      isKeptAlive: true,
    });
    return this.#connection;
  }
}

/** Rejects at once when the signal aborts, whatever becomes of the task. */
export async function unlessAborted<T>(
  task: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) return await task;
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
  });
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([task, aborted]);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** A connection on which nothing is answered is no use to others either. */
export async function withinTime<T>(
  task: Promise<T>,
  connection: () => ZooKeeperConnection | undefined,
): Promise<T> {
  const timer = setTimeout(() => connection()?.drop(timeoutError()), ANSWER_MILLISECONDS);
  try {
    return await task;
  } finally {
    clearTimeout(timer);
  }
}

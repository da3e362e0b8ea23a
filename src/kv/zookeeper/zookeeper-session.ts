import { randomUUID } from "node:crypto";
import type { KvSession, SessionOptions } from "../kv-store.ts";
import type { ZooKeeperConnection } from "./wire/connection.ts";
import { ConnectionLost, SessionExpired, ZooKeeperFailure } from "./wire/failures.ts";
import type { SessionTicket } from "./wire/greeting.ts";
import { ANY_VERSION, CODES, multi, type NodeOperation } from "./wire/requests.ts";
import { unlessAborted, withinTime, type ZooKeeperClient } from "./zookeeper-client.ts";
import { refused, translateFailure } from "./zookeeper-errors.ts";
import type { NodePaths } from "./zookeeper-paths.ts";

/**
 * Of the time to live. A server of an ensemble tells the leader of a renewal half a tick later, and the leader
 * looks once in a tick, so that this is never too short and, with ticks of half the time to live, never too long.
 */
const MARGIN = 1.5;

/**
 * A ZooKeeper session of its own, with a node that lives as long. Nothing is sent on its connection but
 * renewals, so that the server ends it when these stay away, whatever has become of whoever should send them.
 */
export async function openZooKeeperSession(
  client: ZooKeeperClient,
  paths: NodePaths,
  { name, ttlSeconds, signal }: SessionOptions & { readonly signal: AbortSignal | undefined },
): Promise<KvSession> {
  client.checkOpen();
  signal?.throwIfAborted();
  const session = new ZooKeeperSession(client, paths, ttlSeconds * 1000 * MARGIN);
  await session.open(name, signal);
  return session;
}

class ZooKeeperSession implements KvSession {
  readonly id = randomUUID();
  readonly #client: ZooKeeperClient;
  readonly #paths: NodePaths;
  readonly #sessionMilliseconds: number;
  #ticket: SessionTicket | undefined;
  #connection: ZooKeeperConnection | undefined;
  #hasEnded = false;

  constructor(client: ZooKeeperClient, paths: NodePaths, sessionMilliseconds: number) {
    this.#client = client;
    this.#paths = paths;
    this.#sessionMilliseconds = sessionMilliseconds;
  }

  async open(name: string, signal: AbortSignal | undefined): Promise<void> {
    await this.#run(async (connection) => {
      const { sessionMilliseconds } = connection;
      if (sessionMilliseconds !== this.#sessionMilliseconds) {
        await connection.end();
        throw this.#unfit(sessionMilliseconds);
      }
      await this.#makeNode(connection, name);
    }, signal);
  }

  async renew(signal?: AbortSignal): Promise<boolean> {
    if (this.#hasEnded) return false;
    const look = async (connection: ZooKeeperConnection) => {
      const path = this.#paths.ofSession(this.id);
      const check = { kind: "check", path, version: ANY_VERSION } as const;
      const { value: code } = await connection.send(multi([check]));
      if (code !== CODES.ok && code !== CODES.noNode) throw new ZooKeeperFailure(code);
      return code === CODES.ok;
    };
    try {
      const isAlive = await this.#run((connection) => this.#again(look, connection), signal);
      this.#hasEnded = !isAlive;
    } catch (error) {
      if (!(error instanceof SessionExpired)) throw error;
      this.#hasEnded = true;
    }
    return !this.#hasEnded;
  }

  async end(signal?: AbortSignal): Promise<void> {
    if (this.#hasEnded) return;
    try {
      const end = (connection: ZooKeeperConnection) => connection.end();
      await this.#run((connection) => this.#again(end, connection), signal);
    } catch (error) {
      if (!(error instanceof SessionExpired)) throw error;
    }
    this.#hasEnded = true;
  }

  async #run<T>(
    task: (connection: ZooKeeperConnection) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    this.#client.checkOpen();
    signal?.throwIfAborted();
    const run = async () => {
      const connection = await this.#connected();
      return await withinTime(task(connection), () => this.#connection);
    };
    try {
      return await unlessAborted(run(), signal);
    } catch (error) {
      throw translateFailure(error, this.#client.dialer.description);
    }
  }

  /** What does no harm twice; and the connection may have been lost long before. */
  async #again<T>(
    task: (connection: ZooKeeperConnection) => Promise<T>,
    connection: ZooKeeperConnection,
  ): Promise<T> {
    try {
      return await task(connection);
    } catch (error) {
      const isLost = error instanceof ConnectionLost;
      const isMoved = error instanceof ZooKeeperFailure && error.code === CODES.sessionExpired;
      if (!isLost && !isMoved) throw error;
      connection.drop();
      return await task(await this.#connected());
    }
  }

  async #connected(): Promise<ZooKeeperConnection> {
    if (this.#connection && !this.#connection.isLost) return this.#connection;
    const connection = await this.#client.dialer.dial({
      ticket: this.#ticket,
      sessionMilliseconds: this.#sessionMilliseconds,
      isKeptAlive: false,
    });
    this.#client.adopt(connection);
    this.#connection = connection;
    this.#ticket = connection.ticket;
    return connection;
  }

  async #makeNode(connection: ZooKeeperConnection, name: string): Promise<void> {
    const { access } = this.#client.dialer;
    const path = this.#paths.ofSession(this.id);
    const node: NodeOperation = {
      kind: "create",
      path,
      data: Buffer.from(name),
      access,
      isEphemeral: true,
    };
    for (;;) {
      const { value: code } = await connection.send(multi([node]));
      if (code === CODES.ok) return;
      if (code !== CODES.noNode) throw new ZooKeeperFailure(code);
      for (const folder of this.#paths.foldersAbove(path)) {
        await connection.send(multi([{ kind: "create", path: folder, data: undefined, access }]));
      }
    }
  }

  #unfit(milliseconds: number): Error {
    const bound = milliseconds > this.#sessionMilliseconds ? "least" : "most";
    const seconds = milliseconds / MARGIN / 1000;
    return refused(
      this.#client.dialer.description,
      `the time to live of a session is ${seconds} s there at ${bound}`,
    );
  }
}

import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { ConnectionLost, timeoutError, ZooKeeperFailure } from "./failures.ts";
import { type Greeting, greet, openSocket, type SessionTicket } from "./greeting.ts";
import { FrameReader, RecordReader, RecordWriter } from "./records.ts";
import { CODES, closeSession, OPERATIONS, type Request } from "./requests.ts";

const XID = { event: -1, ping: -2, auth: -4 };
/** A value of 512 KB and the names of many thousand children fit. */
const LONGEST_FRAME_BYTES = 64 * 1024 * 1024;

export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  /** Speak TLS. */
  readonly tls?: ConnectionOptions | undefined;
  /** `user:password` */
  readonly digest?: string | undefined;
  /** Goes on with this session; a new one without it. */
  readonly ticket?: SessionTicket | undefined;
  /** The server ends the session when it has heard nothing for this long. */
  readonly sessionMilliseconds: number;
  /** Keep the session alive for as long as the connection is. */
  readonly isKeptAlive: boolean;
}

export interface Reply<T> {
  readonly value: T;
  /** Number of the last transaction that the server had done. */
  readonly zxid: bigint;
}

interface Waiting {
  readonly done: (reader: RecordReader, zxid: bigint) => void;
  readonly failed: (error: Error) => void;
}

/**
 * One connection with the session that was opened or continued on it. Answers come in the order of the
 * requests. When it is lost, so are its watches: they fire.
 */
export class ZooKeeperConnection {
  readonly ticket: SessionTicket;
  readonly sessionMilliseconds: number;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #watches = new Map<string, Set<() => void>>();
  readonly #frames = new FrameReader(LONGEST_FRAME_BYTES);
  #pinger: NodeJS.Timeout | undefined;
  #isPingAnswered = true;
  #lastXid = 0;
  #lost: ConnectionLost | undefined;

  private constructor(socket: Socket, greeting: Greeting) {
    this.#socket = socket;
    this.ticket = greeting.ticket;
    this.sessionMilliseconds = greeting.sessionMilliseconds;
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.once("error", (error) => this.#lose(new ConnectionLost("the connection broke", error)));
    socket.once("close", () => this.#lose(new ConnectionLost("the connection was closed")));
  }

  /** Rejects with the reason of the signal, too, which is to limit the time. */
  static async open(
    settings: ConnectionSettings,
    signal: AbortSignal,
  ): Promise<ZooKeeperConnection> {
    const socket = await openSocket(settings, signal);
    try {
      const connection = new ZooKeeperConnection(socket, await greet(socket, settings, signal));
      if (settings.digest) await connection.#authenticate(settings.digest, signal);
      if (settings.isKeptAlive) connection.#keepAlive();
      return connection;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  async send<T>(request: Request<T>): Promise<Reply<T>> {
    this.#lastXid = (this.#lastXid + 1) & 0x7f_ff_ff_ff;
    const xid = this.#lastXid;
    const writer = new RecordWriter().int(xid).int(request.operation);
    request.write(writer);
    return await this.#exchange(xid, writer.frame(), request.read);
  }

  /** Tells of the next event of a node for which a request has set a watch. Ended by the answer. */
  watch(path: string, fire: () => void): () => void {
    if (this.#lost) fire();
    const watches = this.#watches.get(path) ?? new Set();
    this.#watches.set(path, watches.add(fire));
    return () => {
      watches.delete(fire);
      if (watches.size === 0 && this.#watches.get(path) === watches) this.#watches.delete(path);
    };
  }

  /** With the session. */
  async end(): Promise<void> {
    await this.send(closeSession());
    this.drop();
  }

  /** Leaves the session to its time. */
  drop(cause?: Error): void {
    this.#lose(new ConnectionLost("the connection was given up", cause));
  }

  #exchange<T>(xid: number, frame: Buffer, read: (reader: RecordReader) => T): Promise<Reply<T>> {
    return new Promise<Reply<T>>((resolve, reject) => {
      if (this.#lost) return reject(this.#lost);
      const done = (reader: RecordReader, zxid: bigint) => resolve({ value: read(reader), zxid });
      this.#waiting.set(xid, { done, failed: reject });
      this.#socket.write(frame);
    });
  }

  async #authenticate(digest: string, signal: AbortSignal): Promise<void> {
    const writer = new RecordWriter().int(XID.auth).int(OPERATIONS.auth);
    writer.int(0).text("digest").text(digest);
    const refuse = () => this.drop(signal.reason);
    signal.addEventListener("abort", refuse, { once: true });
    try {
      await this.#exchange(XID.auth, writer.frame(), () => undefined);
    } finally {
      signal.removeEventListener("abort", refuse);
    }
  }

  #keepAlive(): void {
    const ping = new RecordWriter().int(XID.ping).int(OPERATIONS.ping).frame();
    const beat = () => {
      if (!this.#isPingAnswered) return this.drop(timeoutError());
      this.#isPingAnswered = false;
      this.#socket.write(ping);
    };
    this.#pinger = setInterval(beat, this.sessionMilliseconds / 3).unref();
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#frames.push(chunk)) this.#dispatch(new RecordReader(frame));
    } catch (error) {
      this.#lose(new ConnectionLost("what it answers cannot be read", error));
    }
  }

  #dispatch(reader: RecordReader): void {
    const xid = reader.int();
    const zxid = reader.long();
    const code = reader.int();
    if (xid === XID.ping) {
      this.#isPingAnswered = true;
      return;
    }
    if (xid === XID.event) {
      this.#fire(reader);
      return;
    }
    const waiting = this.#waiting.get(xid);
    this.#waiting.delete(xid);
    if (code === CODES.ok) waiting?.done(reader, zxid);
    else waiting?.failed(new ZooKeeperFailure(code));
  }

  #fire(reader: RecordReader): void {
    reader.int();
    reader.int();
    const path = reader.text();
    const watches = this.#watches.get(path) ?? [];
    this.#watches.delete(path);
    for (const fire of watches) fire();
  }

  #lose(reason: ConnectionLost): void {
    if (this.#lost) return;
    this.#lost = reason;
    clearInterval(this.#pinger);
    this.#socket.destroy();
    for (const { failed } of this.#waiting.values()) failed(reason);
    this.#waiting.clear();
    const watches = [...this.#watches.values()].flatMap((set) => [...set]);
    this.#watches.clear();
    for (const fire of watches) fire();
  }
}

import { connect as connectPlain, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { ConnectionLost, NotZooKeeper, SessionExpired } from "./failures.ts";
import { FrameReader, RecordReader, RecordWriter } from "./records.ts";

const LONGEST_GREETING_BYTES = 1024;
const NO_SESSION = { id: 0n, password: Buffer.alloc(16) };

/** What a server knows a session by. */
export interface SessionTicket {
  readonly id: bigint;
  readonly password: Buffer;
}

export interface Greeting {
  readonly ticket: SessionTicket;
  /** What the server has made of the time that was asked for. */
  readonly sessionMilliseconds: number;
}

export interface Peer {
  readonly host: string;
  readonly port: number;
  /** Speak TLS. */
  readonly tls?: ConnectionOptions | undefined;
}

/** Rejects with the signal's reason when it aborts first. */
export async function openSocket({ host, port, tls }: Peer, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = tls ? connectTls({ ...tls, host, port }) : connectPlain({ host, port });
  socket.setNoDelay();
  await settled<void>(socket, signal, (resolve) => {
    socket.once(tls ? "secureConnect" : "connect", () => resolve());
  });
  return socket;
}

/** Opens the session, or goes on with the one of the ticket. */
export async function greet(
  socket: Socket,
  wanted: { readonly ticket?: SessionTicket | undefined; readonly sessionMilliseconds: number },
  signal: AbortSignal,
): Promise<Greeting> {
  const { id, password } = wanted.ticket ?? NO_SESSION;
  const request = new RecordWriter().int(0).long(0n).int(wanted.sessionMilliseconds);
  socket.write(request.long(id).bytes(password).boolean(false).frame());
  return await settled<Greeting>(socket, signal, (resolve, reject) => {
    const frames = new FrameReader(LONGEST_GREETING_BYTES);
    const receive = (chunk: Buffer) => {
      try {
        const [frame] = frames.push(chunk);
        if (!frame) return;
        socket.off("data", receive);
        resolve(readGreeting(new RecordReader(frame)));
      } catch (error) {
        socket.off("data", receive);
        reject(error instanceof SessionExpired ? error : new NotZooKeeper("not a greeting"));
      }
    };
    socket.on("data", receive);
  });
}

function readGreeting(reader: RecordReader): Greeting {
  const protocol = reader.int();
  const sessionMilliseconds = reader.int();
  const id = reader.long();
  const password = reader.bytes();
  if (protocol !== 0 || !password) throw new NotZooKeeper("not a greeting");
  if (sessionMilliseconds <= 0) throw new SessionExpired("the session has expired");
  return { ticket: { id, password: Buffer.from(password) }, sessionMilliseconds };
}

/** A promise that the end of the socket and the signal reject; the socket does not outlive that. */
async function settled<T>(
  socket: Socket,
  signal: AbortSignal,
  begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
): Promise<T> {
  const listening = new AbortController();
  const { promise, resolve, reject } = deferred<T>();
  const abort = () => reject(signal.reason);
  const fail = (error: Error) => reject(new ConnectionLost("the connection broke", error));
  const close = () => reject(new ConnectionLost("it closes the connection"));
  signal.addEventListener("abort", abort, { signal: listening.signal });
  socket.once("error", fail).once("close", close);
  begin(resolve, reject);
  try {
    return await promise;
  } catch (error) {
    socket.on("error", () => undefined).destroy();
    throw error;
  } finally {
    listening.abort();
    socket.off("error", fail).off("close", close);
  }
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}

import { setMaxListeners } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { EngineConnection } from "./engine-address.ts";
import { SshSocket } from "./ssh-socket.ts";

export interface HttpCall {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** It may take long, and must not keep short calls waiting. */
  readonly isLong?: boolean;
  /** How long the engine may take to begin its answer. */
  readonly answerWithin?: number | undefined;
  readonly signal: AbortSignal;
}

const CONNECT_TIMEOUT = 4000;

/**
 * HTTP to an engine over whatever leads to it. A client library would cost each run 100 ms of loading,
 * and bring an SSH of its own that knows nothing of the user's ssh configuration.
 */
export class Transport {
  readonly #connection: EngineConnection;
  readonly #short: http.Agent;
  readonly #long: http.Agent;

  constructor(connection: EngineConnection) {
    this.#connection = connection;
    this.#short = agentFor(connection, { keepAlive: true, maxSockets: parallelism(connection) });
    this.#long = agentFor(connection, { keepAlive: false });
  }

  /** Resolves when the answer begins. */
  send(call: HttpCall): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = this.#open(call);
      request.once("response", resolve);
      request.once("error", reject);
      request.end(call.body);
    });
  }

  /** Resolves with the raw connection when the engine has left HTTP behind. */
  upgrade(call: HttpCall): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const headers = { ...call.headers, Connection: "Upgrade", Upgrade: "tcp" };
      const request = this.#open({ ...call, headers, isLong: true });
      request.once("upgrade", (_response, socket, head) => {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      request.once("response", (response) => {
        response.resume();
        reject(new Error(`no upgrade: HTTP ${response.statusCode}`));
      });
      request.once("error", reject);
      request.end(call.body);
    });
  }

  close(): void {
    this.#short.destroy();
    this.#long.destroy();
  }

  #open(call: HttpCall): http.ClientRequest {
    const { method, path, headers, body, isLong, answerWithin, signal } = call;
    setMaxListeners(0, signal);
    const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) };
    const options: https.RequestOptions = {
      ...endpoint(this.#connection),
      method,
      path,
      headers: { ...headers, ...length },
      agent: isLong ? this.#long : this.#short,
      signal,
    };
    const request = isTls(this.#connection) ? https.request(options) : http.request(options);
    request.once("socket", (socket) => limitConnecting(socket, request));
    if (answerWithin !== undefined) request.setTimeout(answerWithin, () => giveUp(request));
    return request;
  }
}

function endpoint(connection: EngineConnection): https.RequestOptions {
  if (connection.kind === "socket") return { socketPath: connection.path };
  if (connection.kind === "ssh") return { host: connection.host };
  return { host: connection.host, port: connection.port };
}

function isTls(connection: EngineConnection): boolean {
  return connection.kind === "tcp" && connection.tls !== undefined;
}

function agentFor(connection: EngineConnection, options: https.AgentOptions): http.Agent {
  if (connection.kind === "ssh") return new SshAgent(connection, options);
  if (connection.kind === "socket" || !connection.tls) return new http.Agent(options);
  const { ca, cert, key, verify } = connection.tls;
  return new https.Agent({ ...options, ca, cert, key, rejectUnauthorized: verify });
}

/** Each connection through ssh is a login, and servers refuse many at once. */
function parallelism({ kind }: EngineConnection): number {
  return kind === "ssh" ? 4 : 16;
}

class SshAgent extends http.Agent {
  readonly #connection: Extract<EngineConnection, { kind: "ssh" }>;

  constructor(connection: Extract<EngineConnection, { kind: "ssh" }>, options: http.AgentOptions) {
    super(options);
    this.#connection = connection;
  }

  override createConnection(): Duplex {
    return new SshSocket(this.#connection);
  }
}

function limitConnecting(socket: Socket, request: http.ClientRequest): void {
  if (!socket.connecting) return;
  const timer = setTimeout(() => giveUp(request), CONNECT_TIMEOUT);
  const stop = () => clearTimeout(timer);
  socket.once("connect", stop).once("close", stop);
}

function giveUp(request: http.ClientRequest): void {
  request.destroy(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" }));
}

import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect } from "node:net";

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** As far as it has come. */
  readonly body: string;
}

export interface RecordingProxy extends AsyncDisposable {
  /** `127.0.0.1:port`, to come after `tcp://`, `http://` or `consul://`. */
  readonly address: string;
  readonly requests: readonly RecordedRequest[];
  /** Requests that could change something, as `METHOD /path`. */
  mutations(): string[];
  /** From now on: as if nothing had been asked yet. */
  forget(): void;
}

/** Where requests are handed on to: a Unix socket, or a port of this machine. */
export type Upstream =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number };

/** Hands every request on as it is and remembers what was asked. `host`: where it listens. */
export async function startRecordingProxy(
  upstream: Upstream,
  host = "127.0.0.1",
): Promise<RecordingProxy> {
  const requests: Mutable<RecordedRequest>[] = [];
  const record = ({ method = "", url = "" }: IncomingMessage) => {
    const recorded = { method, path: url, body: "" };
    requests.push(recorded);
    return recorded;
  };
  const server = createServer((incoming, outgoing) => {
    const recorded = record(incoming);
    incoming.on("data", (chunk) => {
      recorded.body += chunk;
    });
    forward(upstream, incoming, outgoing);
  });
  server.on("upgrade", (incoming, socket, head) => {
    record(incoming);
    const target = connect("socketPath" in upstream ? { path: upstream.socketPath } : upstream);
    target.write(rawHead(incoming));
    target.write(head);
    target.pipe(socket).pipe(target);
    target.on("error", () => socket.destroy());
    socket.on("error", () => target.destroy());
  });
  await new Promise<void>((done) => server.listen(0, host, done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    address: `${host}:${address.port}`,
    requests,
    mutations: () => requests.filter(isMutation).map(({ method, path }) => `${method} ${path}`),
    forget: () => {
      requests.length = 0;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function forward(upstream: Upstream, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url, headers } = incoming;
  const onward = request({ ...upstream, method, path: url, headers }, (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    outgoing.flushHeaders();
    response.pipe(outgoing);
  });
  onward.on("error", () => outgoing.destroy());
  outgoing.on("close", () => onward.destroy());
  incoming.pipe(onward);
}

function rawHead({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** GET and HEAD read, in Docker's API and in Consul's. */
/** With it Consul is asked what a token may do; it is a POST for its length only. */
const QUESTION = "/v1/internal/acl/authorize";

function isMutation({ method, path }: RecordedRequest): boolean {
  return method !== "GET" && method !== "HEAD" && !path.startsWith(QUESTION);
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** To the engine that the tests use. */
export function startEngineProxy(host?: string): Promise<RecordingProxy> {
  const engine = new URL(process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock");
  const upstream: Upstream =
    engine.protocol === "unix:"
      ? { socketPath: engine.pathname }
      : { host: engine.hostname, port: Number(engine.port) };
  return startRecordingProxy(upstream, host);
}

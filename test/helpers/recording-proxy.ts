import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect } from "node:net";

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
}

export interface RecordingProxy extends AsyncDisposable {
  /** `http://127.0.0.1:port`; as DOCKER_HOST write `tcp://` in place of `http://`. */
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Requests that could change something. */
  mutations(): RecordedRequest[];
}

/** Where requests are handed on to: a Unix socket, or a port of this machine. */
export type Upstream =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number };

/** Hands every request on as it is and remembers what was asked. */
export async function startRecordingProxy(upstream: Upstream): Promise<RecordingProxy> {
  const requests: RecordedRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    requests.push({ method: incoming.method ?? "", path: incoming.url ?? "" });
    forward(upstream, incoming, outgoing);
  });
  server.on("upgrade", (incoming, socket, head) => {
    requests.push({ method: incoming.method ?? "", path: incoming.url ?? "" });
    const target = connect("socketPath" in upstream ? { path: upstream.socketPath } : upstream);
    target.write(rawHead(incoming));
    target.write(head);
    target.pipe(socket).pipe(target);
    target.on("error", () => socket.destroy());
    socket.on("error", () => target.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    mutations: () => requests.filter(({ method, path }) => isMutation(method, path)),
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
function isMutation(method: string, _path: string): boolean {
  return method !== "GET" && method !== "HEAD";
}

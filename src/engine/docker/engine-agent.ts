import { Agent, type AgentOptions, type ClientRequest } from "node:http";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { inspect } from "node:util";
import type { EngineConnection } from "./engine-address.ts";
import { SshSocket } from "./ssh-socket.ts";

const CONNECT_TIMEOUT = 4000;

/** Makes every connection to one engine, whatever a request says about where it goes. */
export class EngineAgent extends Agent {
  readonly #connection: EngineConnection;

  constructor(connection: EngineConnection, options: AgentOptions) {
    // Else Node works out for each request, and with a large pattern, what TLS would call its host.
    super({ servername: "", ...options } as AgentOptions);
    this.#connection = connection;
  }

  override createConnection(): Duplex {
    const connection = this.#connection;
    return connection.kind === "ssh"
      ? new SshSocket(connection)
      : limitConnecting(connect(connection));
  }

  /** Node's way in, not in its types: an engine redirects nowhere, and docker-modem would follow. */
  addRequest(request: ClientRequest, options: object): void {
    request.prependOnceListener("response", ({ headers }) => {
      delete headers.location;
    });
    const node = Agent.prototype as unknown as Pick<EngineAgent, "addRequest">;
    node.addRequest.call(this, request, options);
  }

  /** docker-modem describes each request for its debug log, and an agent holds all its connections. */
  [inspect.custom](): string {
    return "EngineAgent";
  }
}

function connect(connection: Exclude<EngineConnection, { kind: "ssh" }>): Socket {
  if (connection.kind === "socket") return connectTcp({ path: connection.path });
  const { host, port, tls } = connection;
  if (tls === undefined) return connectTcp({ host, port });
  const { ca, cert, key, verify } = tls;
  const servername = isIP(host) === 0 ? host : "";
  return connectTls({ host, port, servername, ca, cert, key, rejectUnauthorized: verify });
}

function limitConnecting(socket: Socket): Socket {
  const timer = setTimeout(() => socket.destroy(new NoAnswer()), CONNECT_TIMEOUT);
  const stop = () => clearTimeout(timer);
  return socket.once("connect", stop).once("close", stop);
}

export class NoAnswer extends Error {
  readonly code = "ETIMEDOUT";

  constructor() {
    super("no answer");
  }
}

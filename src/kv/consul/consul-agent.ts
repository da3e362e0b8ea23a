import { once } from "node:events";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { readTls } from "../read-tls.ts";
import type { ConsulAddress, Endpoint } from "../store-address.ts";

type Connected = "connect" | "secureConnect";

type Failing = (problem: Error) => void;

const CONNECT_MILLISECONDS = 2_000;

/** Servers and what is before them close a connection that is idle, after five seconds or more: a request that is sent just then is lost. */
const IDLE_MILLISECONDS = 4_000;

/** Keeps connections open between requests, for a while, and gives up early on a host that does not take any. */
export async function openAgent(address: ConsulAddress): Promise<HttpAgent> {
  // The client would look an IPv6 address up as "[::1]"; what the agent says of the host comes first.
  const options = { keepAlive: true, host: address.host };
  const agent = address.secure
    ? new HttpsAgent({ ...options, ...(await readTls(address.tls)) })
    : new HttpAgent(options);
  const connected = address.secure ? "secureConnect" : "connect";
  limitConnecting(agent, connected);
  limitIdling(agent);
  if (address.locate !== undefined) followMoves(agent, connected, address.locate);
  return agent;
}

function limitConnecting(agent: HttpAgent, connected: Connected): void {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = connect(options, done) as Socket;
    const timer = setTimeout(() => socket.destroy(timeoutError()), CONNECT_MILLISECONDS);
    socket.once(connected, () => clearTimeout(timer)).once("close", () => clearTimeout(timer));
    return socket;
  };
}

function limitIdling(agent: HttpAgent): void {
  const [keep, reuse] = [agent.keepSocketAlive.bind(agent), agent.reuseSocket.bind(agent)];
  const timers = new WeakMap<Duplex, NodeJS.Timeout>();
  agent.keepSocketAlive = (socket) => {
    timers.set(socket, setTimeout(() => socket.destroy(), IDLE_MILLISECONDS).unref());
    return keep(socket);
  };
  agent.reuseSocket = (socket, request) => {
    clearTimeout(timers.get(socket));
    reuse(socket, request);
  };
}

/** Where nobody takes a connection any more, it is asked where the store is now. */
function followMoves(
  agent: HttpAgent,
  connected: Connected,
  locate: NonNullable<ConsulAddress["locate"]>,
): void {
  const connect = agent.createConnection.bind(agent);
  let moved: Endpoint | undefined;
  const open = async (options: object): Promise<Duplex> => {
    const socket = connect({ ...options, ...moved }) as Socket;
    await once(socket, connected);
    return socket;
  };
  agent.createConnection = (options, done) => {
    open(options)
      .catch(async (problem: NodeJS.ErrnoException) => {
        if (problem.code !== "ECONNREFUSED") throw problem;
        moved = await locate().catch(() => undefined);
        if (moved === undefined) throw problem;
        return open(options);
      })
      .then(
        (socket) => done?.(null, socket),
        (problem: Error) => (done as Failing | undefined)?.(problem),
      );
    return undefined;
  };
}

function timeoutError(): Error {
  return Object.assign(new Error("connecting took too long"), { code: "ETIMEDOUT" });
}

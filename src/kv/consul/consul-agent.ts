import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Socket } from "node:net";
import { readTls } from "../read-tls.ts";
import type { ConsulAddress } from "../store-address.ts";

const CONNECT_MILLISECONDS = 2_000;

/** Keeps connections open between requests and gives up early on a host that does not take any. */
export async function openAgent(address: ConsulAddress): Promise<HttpAgent> {
  // The client would look an IPv6 address up as "[::1]"; what the agent says of the host comes first.
  const options = { keepAlive: true, host: address.host };
  const agent = address.secure
    ? new HttpsAgent({ ...options, ...(await readTls(address.tls)) })
    : new HttpAgent(options);
  limitConnecting(agent, address.secure ? "secureConnect" : "connect");
  return agent;
}

function limitConnecting(agent: HttpAgent, connected: "connect" | "secureConnect"): void {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = connect(options, done) as Socket;
    const timer = setTimeout(() => socket.destroy(timeoutError()), CONNECT_MILLISECONDS);
    socket.once(connected, () => clearTimeout(timer)).once("close", () => clearTimeout(timer));
    return socket;
  };
}

function timeoutError(): Error {
  return Object.assign(new Error("connecting took too long"), { code: "ETIMEDOUT" });
}

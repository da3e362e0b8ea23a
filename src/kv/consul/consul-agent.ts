import { readFile } from "node:fs/promises";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Socket } from "node:net";
import { AxonError } from "../../errors.ts";
import type { ConsulAddress, TlsOptions } from "../store-address.ts";

const CONNECT_MILLISECONDS = 2_000;

/** Keeps connections open between requests and gives up early on a host that does not take any. */
export async function openAgent(address: ConsulAddress): Promise<HttpAgent> {
  // The client would look an IPv6 address up as "[::1]"; what the agent says of the host comes first.
  const options = { keepAlive: true, host: address.host };
  const agent = address.secure
    ? new HttpsAgent({ ...options, ...(await tlsOptions(address.tls)) })
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

async function tlsOptions(tls: TlsOptions = {}) {
  const [ca, cert, key] = await Promise.all([tls.caFile, tls.certFile, tls.keyFile].map(readPem));
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(tls.serverName && { servername: tls.serverName }),
    rejectUnauthorized: tls.verify ?? true,
  };
}

async function readPem(file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (cause) {
    throw new AxonError("FILE_UNREADABLE", `cannot read ${file}, needed to talk to the store`, {
      cause,
    });
  }
}

import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Tunnel } from "../engine.ts";
import { Demultiplexer } from "./demultiplex.ts";
import type { DockerClient } from "./docker-client.ts";

export interface TunnelRequest {
  readonly container: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

/** Every connection runs `nc` in the container, whose standard input and output are the connection. */
export async function openTunnel(client: DockerClient, request: TunnelRequest): Promise<Tunnel> {
  const { signal } = request;
  const ends = new Set<Duplex>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    keep(socket, ends);
    join(client, request, socket).then(
      (remote) => (socket.destroyed ? remote.destroy() : keep(remote, ends)),
      () => socket.destroy(),
    );
  });
  const stop = () => {
    server.close();
    for (const end of ends) end.destroy();
  };
  const port = await listen(server);
  signal.addEventListener("abort", stop, { once: true });
  return {
    port,
    close: async () => {
      signal.removeEventListener("abort", stop);
      const closed = server.listening && once(server, "close");
      stop();
      await closed;
    },
  };
}

function keep(end: Duplex, ends: Set<Duplex>): void {
  ends.add(end);
  end.on("error", () => {}).once("close", () => ends.delete(end));
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

async function join(
  client: DockerClient,
  { container, port, signal }: TunnelRequest,
  socket: Socket,
): Promise<Duplex> {
  const doing = `reach port ${port} of container ${container.slice(0, 12)}`;
  const { Id } = await client.json<{ Id: string }>(`POST /containers/${container}/exec`, {
    doing,
    body: {
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Cmd: ["nc", "127.0.0.1", String(port)],
    },
    signal,
  });
  const body = { Detach: false, Tty: false };
  const remote = await client.hijack(`POST /exec/${Id}/start`, { doing, body, signal });
  pipe(socket, remote);
  return remote;
}

function pipe(socket: Socket, remote: Duplex): void {
  const frames = new Demultiplexer(({ stream, data }) => {
    if (stream === "stdout" && !socket.write(data)) remote.pause();
  });
  remote.on("data", (chunk) => frames.write(chunk));
  socket.on("drain", () => remote.resume());
  remote.once("end", () => socket.end());
  remote.on("error", () => socket.destroy());
  remote.once("close", () => socket.destroySoon());
  socket.once("close", () => remote.destroy());
  socket.pipe(remote);
}

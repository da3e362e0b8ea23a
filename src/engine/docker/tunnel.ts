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
  const ends = new Set<Socket | Duplex>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    ends.add(socket);
    socket.on("error", () => {}).once("close", () => ends.delete(socket));
    join(client, request, socket).then(
      (remote) => ends.add(remote).size,
      () => socket.destroy(),
    );
  });
  const close = async () => {
    request.signal.removeEventListener("abort", close);
    for (const end of ends) end.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  request.signal.addEventListener("abort", close, { once: true });
  return { port: await listen(server), close };
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

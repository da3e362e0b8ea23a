import { once } from "node:events";
import { createServer, type ListenOptions } from "node:net";

/** Below those that the kernel gives to whoever asks for any port, or connects to somewhere. */
const [FIRST, LAST] = [20_000, 32_767];

/**
 * Of this machine, and of this process until it ends: other tests, which may run at the same time, are given
 * other ports, also while nothing listens there, as when a server starts again.
 */
export async function freePort(host = "127.0.0.1"): Promise<number> {
  const start = Math.floor(Math.random() * (LAST - FIRST));
  for (let tried = 0; tried <= LAST - FIRST; tried += 1) {
    const port = FIRST + ((start + tried) % (LAST - FIRST + 1));
    if (await isFree(port, host)) return port;
  }
  throw new Error(`no port of ${host} is free`);
}

async function isFree(port: number, host: string): Promise<boolean> {
  // A socket in no file system, of which the kernel lets go when the process ends, however it ends.
  const claim = await listening({ path: `\0axon-test-port-${port}` });
  if (!claim) return false;
  const server = await listening({ port, host });
  if (!server) {
    claim.close();
    return false;
  }
  server.close();
  await once(server, "close");
  claim.unref();
  return true;
}

async function listening(where: ListenOptions) {
  const server = createServer();
  try {
    await once(server.listen(where), "listening");
    return server;
  } catch {
    return undefined;
  }
}

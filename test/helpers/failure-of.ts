import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { onTestFinished } from "vitest";
import type { Endpoint } from "../../src/kv/store-address.ts";

/** How long a failure took to be told, and what it was. */
export async function failureOf(attempt: () => Promise<unknown>) {
  const begun = performance.now();
  const error: unknown = await attempt().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, milliseconds: performance.now() - begun };
}

/** Until the end of the test, at a port of the kernel's choice. */
export async function listening(server: Server): Promise<Endpoint> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { host: "127.0.0.1", port };
}

import { once } from "node:events";
import { type Agent, createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { openAgent } from "../../../../src/kv/consul/consul-agent.ts";

async function serve(answer: string): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((_, response) => {
    response.setHeader("connection", "close").end(answer);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

async function ask(agent: Agent, port: number): Promise<string> {
  const request = get({ host: "127.0.0.1", port, agent });
  const [response] = await once(request, "response");
  return text(response);
}

async function end(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}

test("a store that starts again at another port is found there, and asked for only then", async () => {
  const first = await serve("first");
  let now: { host: string; port: number } | undefined;
  let located = 0;
  const locate = async () => {
    located += 1;
    return now;
  };
  const place = { host: "127.0.0.1", port: first.port };
  const agent = await openAgent({ kind: "consul", ...place, secure: false, locate });
  expect(await ask(agent, first.port)).toBe("first");
  expect(located).toBe(0);

  await end(first.server);
  await expect(ask(agent, first.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  expect(located).toBe(1);

  const second = await serve("second");
  now = { host: "127.0.0.1", port: second.port };
  expect(await ask(agent, first.port)).toBe("second");
  expect(await ask(agent, first.port)).toBe("second");
  expect(located).toBe(2);
  agent.destroy();
  await end(second.server);
});

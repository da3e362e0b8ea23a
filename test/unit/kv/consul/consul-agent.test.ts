import { once } from "node:events";
import { type Agent, createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test, vi } from "vitest";
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

test("a connection is used again, but not one that was idle for so long that the store may be about to close it", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  let connections = 0;
  const server = createServer((_, response) => response.end("here"));
  server.on("connection", () => {
    connections += 1;
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const agent = await openAgent({ kind: "consul", host: "127.0.0.1", port, secure: false });
  const askAfter = async (milliseconds: number) => {
    vi.advanceTimersByTime(milliseconds);
    expect(await ask(agent, port)).toBe("here");
    // It is free again when the answer has ended.
    await new Promise(setImmediate);
    return connections;
  };
  expect([await askAfter(0), await askAfter(3_000), await askAfter(3_000)]).toEqual([1, 1, 1]);
  expect([await askAfter(4_000), await askAfter(0)]).toEqual([2, 2]);
  agent.destroy();
  await end(server);
});

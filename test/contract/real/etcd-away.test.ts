import { createServer as createWebServer } from "node:http";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openEtcd } from "../../../src/kv/etcd/etcd.ts";
import type { KvStore } from "../../../src/kv/kv-store.ts";
import type { EtcdAddress } from "../../../src/kv/store-address.ts";
import { startEtcd, startEtcdCluster, type TestEtcd } from "../../helpers/etcd.ts";
import { failureOf, listening } from "../../helpers/failure-of.ts";
import { fallenAsleep, patiently, promptly } from "../../helpers/waking.ts";

const KEY = "real/away";
const LONG = { after: undefined, timeoutMilliseconds: 60_000 };

async function opened(address: EtcdAddress): Promise<KvStore> {
  const store = await openEtcd(address);
  onTestFinished(() => store.close());
  return store;
}

describe("an etcd that goes away", () => {
  test("is told within 3 s when it was stopped, to open clients and new ones", async () => {
    await using server = await startEtcd();
    const store = await opened(server.address);
    await server.stop();
    for (const attempt of [
      () => store.list(KEY),
      () => store.transact([{ kind: "put", key: KEY, value: "1" }]),
      () => store.openSession({ name: "real", ttlSeconds: 5 }),
      () => openEtcd(server.address),
    ]) {
      const { error, milliseconds } = await failureOf(attempt);
      expect(error).toMatchObject({
        code: "STORE_UNREACHABLE",
        message: expect.stringContaining(server.url.replace("http", "etcd")),
      });
      expect(milliseconds).toBeLessThan(3_000);
    }
  });

  test("is told within 3 s when it takes connections but does not answer", async () => {
    await using server = await startEtcd();
    server.pause();
    const { error, milliseconds } = await failureOf(() => openEtcd(server.address));
    server.unpause();
    expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
    expect(milliseconds).toBeLessThan(3_000);
  });

  test("is told to whoever waits when it falls silent, and when it is stopped", async () => {
    await using server = await startEtcd();
    const store = await opened(server.address);
    for (const [leave, limit] of [
      [() => server.pause(), 20_000],
      [() => server.stop(), 3_000],
    ] as const) {
      const { woken } = await fallenAsleep(store, KEY, LONG);
      await leave();
      const { error, milliseconds } = await failureOf(() => woken);
      expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
      expect(milliseconds).toBeLessThan(limit);
      server.unpause();
    }
  });

  test("ends a call at once when the signal aborts", async () => {
    const hosts = [await listening(createServer(() => undefined))];
    const address = { kind: "etcd", hosts, secure: false } as const;
    const { error } = await failureOf(() => openEtcd(address, AbortSignal.timeout(50)));
    expect(error).toMatchObject({ name: "TimeoutError" });
  });
});

describe("what is not etcd", () => {
  test.each<[string, () => Server]>([
    ["a web server", () => createWebServer((_, response) => response.end("<html>"))],
    ["a talkative one", () => createServer((socket) => socket.end("SSH-2.0-x\r\n"))],
    ["one that hangs up", () => createServer((socket) => socket.end())],
  ])("is told: %s", async (_, create) => {
    const hosts = [await listening(create())];
    for (const secure of [false, true]) {
      const { error, milliseconds } = await failureOf(() =>
        openEtcd({ kind: "etcd", hosts, secure }),
      );
      expect(error).toMatchObject({
        code: "STORE_UNREACHABLE",
        message: expect.stringContaining(`127.0.0.1:${hosts[0]?.port}`),
      });
      expect(milliseconds).toBeLessThan(3_000);
    }
  });
});

describe("a cluster of etcds", () => {
  let servers: readonly TestEtcd[];

  beforeAll(async () => {
    servers = await startEtcdCluster();
  });

  afterAll(async () => {
    for (const server of servers ?? []) await server[Symbol.asyncDispose]();
  });

  const hostsOf = (some: readonly TestEtcd[]) => some.flatMap(({ address }) => address.hosts);
  const whole = (): EtcdAddress => ({ kind: "etcd", hosts: hostsOf(servers), secure: false });

  test("shows by each member what another has answered for", async () => {
    const stores = await Promise.all(servers.map(({ address }) => opened(address)));
    for (let round = 0; round < 20; round += 1) {
      for (const [index, store] of stores.entries()) {
        const value = `${round} ${index}`;
        await store.transact([{ kind: "put", key: KEY, value }]);
        const seen = await Promise.all(stores.map((other) => other.get(KEY)));
        expect(seen.map((entry) => entry?.value)).toEqual([value, value, value]);
      }
    }
  });

  test("is used by any member that answers", async () => {
    const nowhere = { host: "127.0.0.1", port: 1 };
    const store = await opened({ ...whole(), hosts: [nowhere, ...hostsOf(servers.slice(1))] });
    expect(await store.transact([{ kind: "put", key: KEY, value: "1" }])).toEqual({
      kind: "written",
    });
  });

  test("keeps what a client has, while its members are restarted one by one", async () => {
    const store = await opened(whole());
    const session = await store.openSession({ name: "real", ttlSeconds: 30 });
    const lock = { key: `${KEY}/lock`, session: session.id };
    await store.transact([{ kind: "acquire", value: "me", ...lock }]);
    for (const server of servers) {
      await server.stop();
      expect(await store.get(lock.key)).toMatchObject({ session: session.id });
      expect(await session.renew()).toBe(true);
      await server.restart();
    }
    expect(await store.transact([{ kind: "release", ...lock }])).toEqual({ kind: "written" });
    await session.end();
  });

  test("tells whoever waits of a change, whichever member is lost meanwhile", async () => {
    const store = await opened(whole());
    for (const [round, server] of servers.entries()) {
      const key = `${KEY}/lost/${round}`;
      const { woken } = await fallenAsleep(store, key, LONG);
      const seen = patiently(() => store.waitForChange(key, LONG), woken);
      await server.stop();
      const hosts = hostsOf(servers.filter((one) => one !== server));
      const put = async () => {
        const writer = await opened({ ...whole(), hosts });
        return await writer.transact([{ kind: "put", key, value: "1" }]);
      };
      await expect.poll(put, { timeout: 20_000 }).toEqual({ kind: "written" });
      expect(await promptly(seen)).toMatchObject({ value: "1" });
      await server.restart();
    }
  });

  test("is told when most of it is gone, also to whoever waits", async () => {
    const [last, ...others] = servers;
    const store = await opened(last?.address ?? whole());
    const { woken } = await fallenAsleep(store, `${KEY}/never`, LONG);
    for (const server of others) await server.stop();
    for (const attempt of [
      () => woken,
      () => store.get(KEY),
      () => store.transact([{ kind: "put", key: KEY, value: "1" }]),
      () => openEtcd(last?.address ?? whole()),
    ]) {
      const { error, milliseconds } = await failureOf(attempt);
      expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
      expect(milliseconds).toBeLessThan(12_000);
    }
    await Promise.all(others.map((server) => server.restart()));
    expect(await store.get(KEY)).toBeDefined();
  });
});

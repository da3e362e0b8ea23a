import { createServer as createWebServer } from "node:http";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { KvStore, KvWrite } from "../../../src/kv/kv-store.ts";
import type { ZooKeeperAddress } from "../../../src/kv/store-address.ts";
import { openZooKeeper } from "../../../src/kv/zookeeper/zookeeper.ts";
import { failureOf, listening } from "../../helpers/failure-of.ts";
import { fallenAsleep, patiently, promptly } from "../../helpers/waking.ts";
import { startEnsemble, startZooKeeper, type TestZooKeeper } from "../../helpers/zookeeper.ts";
import { GET_CHILDREN, GET_DATA, MULTI, openWay } from "../../helpers/zookeeper-way.ts";

const KEY = "real/away/lock";
/** Those that are left choose a leader, and one that comes back has to find it. */
const ELECTION = { timeout: 40_000 };
const LONG = { after: undefined, timeoutMilliseconds: 60_000 };

let server: TestZooKeeper;

beforeAll(async () => {
  server = await startZooKeeper();
});

afterAll(() => server?.[Symbol.asyncDispose]());

async function open(address: ZooKeeperAddress = server.address): Promise<KvStore> {
  const store = await openZooKeeper(address);
  onTestFinished(() => store.close());
  return store;
}

async function held(store: KvStore, ttlSeconds: number) {
  const session = await store.openSession({ name: "real", ttlSeconds });
  await store.transact([{ kind: "acquire", key: KEY, value: "me", session: session.id }]);
  return session;
}

describe("a server of ZooKeeper", () => {
  test("refuses the write of a holder whose session ended after it had looked", async () => {
    const way = await openWay(server.address);
    const [store, other] = [await open(way.address), await open()];
    const session = await held(other, 20);
    const check = { kind: "checkSession", key: KEY, session: session.id } as const;
    const put = { kind: "put", key: "real/away/late", value: "1" } as const;
    way.beforeNext(MULTI, () => session.end());
    expect(await store.transact([check, put])).toEqual({ kind: "conflict", keys: [KEY] });
    expect(await store.get(put.key)).toBeUndefined();
  });

  test.each<[string, readonly KvWrite[]]>([
    ["written", [{ kind: "put", key: "real/away/seen", value: "2" }]],
    ["deleted", [{ kind: "delete", key: "real/away/seen" }]],
  ])("refuses to write over what was %s after somebody had looked", async (_, writes) => {
    const way = await openWay(server.address);
    const [store, other] = [await open(way.address), await open()];
    const key = "real/away/seen";
    await other.transact([{ kind: "put", key, value: "1" }]);
    const expected = (await other.get(key))?.revision;
    way.beforeNext(MULTI, () => other.transact(writes));
    const outcome = await store.transact([{ kind: "put", key, value: "3", expected }]);
    expect(outcome).toEqual({ kind: "conflict", keys: [key] });
  });

  test("lists nothing of what was deleted at once, also when it had seen a part of it", async () => {
    const way = await openWay(server.address);
    const [store, other] = [await open(way.address), await open()];
    const keys = ["real/away/tree/a", "real/away/tree/folder/b"];
    await other.transact(keys.map((key) => ({ kind: "put", key, value: "1" })));
    // By then it has read the first one, and has learnt of the other one.
    way.beforeNext([GET_CHILDREN, GET_CHILDREN, GET_DATA], () =>
      other.transact(keys.map((key) => ({ kind: "delete", key }))),
    );
    expect(await store.list("real/away/tree/")).toEqual([]);
  });

  test("lists as of now, and at once, what was written after a part of it had been seen", async () => {
    const way = await openWay(server.address);
    const [store, other] = [await open(way.address), await open()];
    const keys = ["real/away/late/a", "real/away/late/folder/b"];
    const write = (value: string) =>
      other.transact(keys.map((key) => ({ kind: "put", key, value })));
    await write("1");
    way.beforeNext([GET_CHILDREN, GET_CHILDREN, GET_DATA], () => write("2"));
    // A tree that never stands still is read for five seconds.
    const entries = await promptly(store.list("real/away/late/"), 4_000);
    expect(entries.map(({ value }) => value)).toEqual(["2", "2"]);
  });

  test("gets a key and its lock as of one moment", async () => {
    const way = await openWay(server.address);
    const [store, other] = [await open(way.address), await open()];
    const key = "real/away/moment";
    await other.transact([{ kind: "put", key, value: "nobody's" }]);
    const { id } = await other.openSession({ name: "real", ttlSeconds: 20 });
    // The second one is for the lock.
    way.beforeNext([GET_DATA, GET_DATA], () =>
      other.transact([{ kind: "acquire", key, value: "mine", session: id }]),
    );
    expect(await store.get(key)).toMatchObject({ value: "mine", session: id, lockIndex: 1 });
  });

  test("decides nothing by what it knew before it was left behind", async () => {
    const way = await openWay(server.address);
    const [store, other] = [await open(way.address), await open()];
    const key = "real/away/behind";
    const put = { kind: "put", key, value: "late" } as const;
    const remove = { kind: "delete", key } as const;
    await other.transact([{ ...put, value: "old" }]);
    expect(await store.transact([{ ...put, expected: "absent" }])).toMatchObject({ keys: [key] });
    await other.transact([{ ...put, value: "new" }]);
    const expected = (await other.get(key))?.revision;
    way.fallBehind();
    expect(await store.transact([{ ...put, expected }])).toEqual({ kind: "written" });

    await other.transact([remove]);
    await store.transact([remove]);
    await other.transact([put]);
    way.fallBehind();
    expect(await store.transact([remove])).toEqual({ kind: "written" });
    expect(await other.get(key)).toBeUndefined();
  });

  test("wakes up at once who waits for a lock when its session ends", async () => {
    const [store, other] = [await open(), await open()];
    const session = await held(other, 20);
    const after = (await store.get(KEY))?.revision;
    const { woken } = await fallenAsleep(store, KEY, { ...LONG, after });
    await session.end();
    expect((await promptly(woken))?.session).toBeUndefined();
  });
});

describe("a way to ZooKeeper that is cut", () => {
  test("is found again by reads, waits and sessions, and ends none of them", async () => {
    const way = await openWay(server.address);
    const [store, other] = [await open(way.address), await open()];
    const session = await held(store, 5);
    const entry = await store.get(KEY);
    const { woken } = await fallenAsleep(store, KEY, { ...LONG, after: entry?.revision });
    way.cut();
    expect(await session.renew()).toBe(true);
    expect(await store.get(KEY)).toEqual(entry);
    await other.transact([{ kind: "put", key: KEY, value: "new" }]);
    expect(await promptly(woken)).toMatchObject({ value: "new", session: session.id });
    await session.end();
    expect((await other.get(KEY))?.session).toBeUndefined();
  });

  test("under a read is not noticed by who reads", async () => {
    const way = await openWay(server.address);
    const store = await open(way.address);
    await store.transact([{ kind: "put", key: "real/away/read", value: "1" }]);
    way.beforeNext(GET_DATA, () => way.cut());
    expect(await store.get("real/away/read")).toMatchObject({ value: "1" });
  });

  test("under a write is told, for nobody knows whether it was done", async () => {
    const way = await openWay(server.address);
    const store = await open(way.address);
    way.beforeNext(MULTI, () => way.cut());
    const put = { kind: "put", key: "real/away/lost", value: "1" } as const;
    const { error } = await failureOf(() => store.transact([put]));
    expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
    expect(await store.transact([put])).toEqual({ kind: "written" });
  });
});

describe("what is not ZooKeeper", () => {
  test.each<[string, () => Server]>([
    ["a web server", () => createWebServer((_, response) => response.end("<html>"))],
    ["a talkative one", () => createServer((socket) => socket.end("SSH-2.0-x\r\n"))],
    ["one that hangs up", () => createServer((socket) => socket.end())],
  ])("is told: %s", async (_, create) => {
    const hosts = [await listening(create())];
    const attempt = () => openZooKeeper({ ...server.address, hosts });
    const { error, milliseconds } = await failureOf(attempt);
    expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
    expect(milliseconds).toBeLessThan(3_000);
  });
});

describe("a ZooKeeper that goes away", () => {
  test("is told to whoever waits when it falls silent, and when it is stopped", async () => {
    const store = await open();
    for (const [leave, limit] of [
      [() => server.pause(), 15_000],
      [() => server.stop(), 5_000],
    ] as const) {
      const { woken } = await fallenAsleep(store, "real/away/never", LONG);
      await leave();
      const { error, milliseconds } = await failureOf(() => woken);
      server.unpause();
      expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
      expect(milliseconds).toBeLessThan(limit);
    }
    await server.restart();
  });

  test("is told within 3 s when it takes connections but does not answer", async () => {
    server.pause();
    const { error, milliseconds } = await failureOf(() => open());
    server.unpause();
    expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
    expect(milliseconds).toBeLessThan(3_000);
  });

  test("is told within 3 s when it was stopped, to open clients and new ones", async () => {
    const store = await open();
    const session = await held(store, 1);
    await server.stop();
    for (const attempt of [() => store.list("real/"), () => session.renew(), () => open()]) {
      const { error, milliseconds } = await failureOf(attempt);
      expect(error).toMatchObject({
        code: "STORE_UNREACHABLE",
        message: expect.stringContaining(String(server.address.hosts[0]?.port)),
      });
      expect(milliseconds).toBeLessThan(3_000);
    }
    await server.restart();
  });
});

describe("several servers of a ZooKeeper", () => {
  test("are tried until one answers", async () => {
    const gone = createServer();
    const dead = await listening(gone);
    gone.close();
    const silent = await listening(createServer(() => undefined));
    const begun = performance.now();
    const store = await open({
      ...server.address,
      hosts: [dead, silent, ...server.address.hosts],
    });
    await store.get("real/several");
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});

describe("an ensemble", () => {
  let members: readonly TestZooKeeper[] = [];

  beforeAll(async () => {
    members = await startEnsemble();
  });

  afterAll(async () => {
    await Promise.all(members.map((member) => member[Symbol.asyncDispose]()));
  });

  test("shows by each server what was written by another one before", async () => {
    const stores = await Promise.all(members.map(({ address }) => open(address)));
    const key = "real/everywhere";
    for (let round = 0; round < 60; round += 1) {
      const [one, two, three] = [0, 1, 2].map((offset) => stores[(round + offset) % 3]);
      await one?.transact([{ kind: "put", key, value: `${round}` }]);
      const expected = (await one?.get(key))?.revision;
      const outcome = await two?.transact([{ kind: "put", key, value: `${round}+`, expected }]);
      expect(outcome).toEqual({ kind: "written" });
      expect(await three?.get(key)).toMatchObject({ value: `${round}+` });
    }
  });

  test("carries locks and sessions through the loss of any one server", async () => {
    const hosts = members.flatMap(({ address }) => address.hosts);
    const store = await open({ ...server.address, hosts });
    const session = await held(store, 15);
    for (const member of members) {
      await member.stop();
      // Those that are left choose a leader first, which takes them a moment.
      await expect.poll(() => session.renew(), { timeout: 20_000 }).toBe(true);
      const check = { kind: "checkSession", key: KEY, session: session.id } as const;
      await expect
        .poll(() => store.transact([check]), { timeout: 20_000 })
        .toEqual({ kind: "written" });
      await member.restart();
    }
    expect(await store.get(KEY)).toMatchObject({ value: "me", session: session.id, lockIndex: 1 });
  });

  test("tells whoever waits of a change, and carries a session on, whichever server falls silent", async () => {
    const hosts = members.flatMap(({ address }) => address.hosts);
    const store = await open({ ...server.address, hosts });
    const session = await store.openSession({ name: "real", ttlSeconds: 35 });
    for (const [round, member] of members.entries()) {
      const key = `real/silent/${round}`;
      const { woken } = await fallenAsleep(store, key, LONG);
      const seen = patiently(() => store.waitForChange(key, LONG), woken);
      member.pause();
      const others = hosts.filter((host) => !member.address.hosts.includes(host));
      const put = async () => {
        const writer = await open({ ...server.address, hosts: others });
        return await writer.transact([{ kind: "put", key, value: "1" }]);
      };
      await expect.poll(put, ELECTION).toEqual({ kind: "written" });
      await expect.poll(() => session.renew(), ELECTION).toBe(true);
      expect(await promptly(seen, 15_000)).toMatchObject({ value: "1" });
      member.unpause();
      // The next one can be missed only when this one has joined the others again.
      const look = async () => (await open(member.address)).get(key);
      await expect.poll(look, ELECTION).toBeDefined();
    }
  });

  test("is told when most of it is gone, also to whoever waits", async () => {
    const [last, ...rest] = members;
    const store = await open(last?.address);
    const { woken } = await fallenAsleep(store, "real/away/never", LONG);
    for (const member of rest) await member.stop();
    for (const attempt of [
      () => woken,
      () => store.get(KEY),
      () => store.transact([{ kind: "put", key: KEY, value: "1" }]),
      () => open(last?.address),
    ]) {
      const { error, milliseconds } = await failureOf(attempt);
      expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
      expect(milliseconds).toBeLessThan(15_000);
    }
    await Promise.all(rest.map((member) => member.restart()));
    await expect.poll(() => store.get(KEY), ELECTION).toBeDefined();
  });
});

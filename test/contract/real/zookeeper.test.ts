import { once } from "node:events";
import { createServer as createWebServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { KvStore } from "../../../src/kv/kv-store.ts";
import type { Endpoint, ZooKeeperAddress } from "../../../src/kv/store-address.ts";
import { openZooKeeper } from "../../../src/kv/zookeeper/zookeeper.ts";
import { Secret } from "../../../src/secret.ts";
import { startZooKeeper, type TestZooKeeper } from "../../helpers/zookeeper.ts";
import { openWitness } from "../../helpers/zookeeper-witness.ts";
import { describeKvStore } from "../kv-store.ts";

let zookeeper: TestZooKeeper;

beforeAll(async () => {
  zookeeper = await startZooKeeper();
});

afterAll(() => zookeeper?.[Symbol.asyncDispose]());

async function open(address: ZooKeeperAddress = zookeeper.address): Promise<KvStore> {
  const store = await openZooKeeper(address);
  onTestFinished(() => store.close());
  return store;
}

async function witness(digest?: string) {
  const one = await openWitness(endpointOf(zookeeper.address), digest);
  onTestFinished(() => one[Symbol.dispose]());
  return one;
}

function endpointOf({ hosts: [endpoint] }: ZooKeeperAddress): Endpoint {
  if (!endpoint) throw new Error("no host");
  return endpoint;
}

async function put(store: KvStore, key: string, value = "1"): Promise<void> {
  expect(await store.transact([{ kind: "put", key, value }])).toEqual({ kind: "written" });
}

/** How long a failure took to be told, and what it was. */
async function failure(attempt: () => Promise<unknown>) {
  const begun = performance.now();
  const error: unknown = await attempt().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, milliseconds: performance.now() - begun };
}

async function listening(server: Server): Promise<ZooKeeperAddress> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { ...zookeeper.address, hosts: [{ host: "127.0.0.1", port }] };
}

/** A way to the server that can be cut. */
async function openWay(to: Endpoint) {
  const sockets = new Set<Socket>();
  const address = await listening(
    createServer((near) => {
      const far = connect(to);
      for (const socket of [near, far]) sockets.add(socket.on("error", () => undefined));
      near.pipe(far).pipe(near);
    }),
  );
  return {
    address,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

describeKvStore("ZooKeeper", () => openZooKeeper(zookeeper.address));
describeKvStore("ZooKeeper below a chroot", () =>
  openZooKeeper({ ...zookeeper.address, chroot: "/some/where" }),
);

describe("ZooKeeper", () => {
  test("is described by its address", async () => {
    const store = await open({ ...zookeeper.address, chroot: "/some" });
    const { port } = endpointOf(zookeeper.address);
    expect(store.description).toBe(`zookeeper://127.0.0.1:${port}/some`);
  });

  test("lets one of two deployers win that expect the same revision, also the first one", async () => {
    const [one, two] = [await open(), await open()];
    const key = "real/race";
    await put(one, key);
    for (let round = 0; round < 20; round += 1) {
      const expected = (await one.get(key))?.revision;
      const outcomes = await Promise.all(
        [one, two].map((store) => store.transact([{ kind: "put", key, value: "1", expected }])),
      );
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["conflict", "written"]);
    }
  });

  test("is seen by others as the text that was written, in folders without data", async () => {
    await put(await open(), "real/seen/text", "grün");
    const other = await witness();
    expect(await other.data("/real/seen/text")).toBe("grün");
    expect(await other.data("/real/seen")).toBeUndefined();
  });

  test("shows what others have written, and not the folders that they made for it", async () => {
    const other = await witness();
    await other.put("/real/others/folder/text", "grün");
    const store = await open();
    expect(await store.listKeys("real/others/")).toEqual(["real/others/folder/text"]);
    expect(await store.get("real/others/folder/text")).toMatchObject({ value: "grün" });
  });

  test("hides from lists what is in no key, and leaves it alone", async () => {
    const other = await witness();
    await other.put("/real/odd/a:b", "1");
    const store = await open();
    await put(store, "real/odd/a");
    expect(await store.listKeys("real/odd/")).toEqual(["real/odd/a"]);
    await store.transact([{ kind: "deleteTree", prefix: "real/odd/" }]);
    expect(await other.children("/real/odd")).toEqual(["a:b"]);
  });

  test.each(["real/gone/a/b/c", "real/gone/a/b/", "real/gone/a/lock"])(
    "leaves no folder behind when the last key below it goes: %s",
    async (key) => {
      const store = await open();
      const other = await witness();
      await put(store, "real/stays");
      await put(store, key);
      await store.transact([{ kind: "delete", key }]);
      expect(await other.children("/real")).not.toContain("gone");
      await put(store, key);
      await store.transact([{ kind: "deleteTree", prefix: "real/gone/" }]);
      expect(await other.children("/real")).not.toContain("gone");
    },
  );

  test("keeps a key that has keys below it apart from them", async () => {
    const store = await open();
    const [above, below] = ["real/both", "real/both/a/b"];
    await put(store, below);
    expect(await store.get(above)).toBeUndefined();
    expect(
      await store.transact([{ kind: "put", key: above, value: "2", expected: "absent" }]),
    ).toEqual({ kind: "written" });
    await store.transact([{ kind: "delete", key: above }]);
    expect(await store.listKeys("real/both")).toEqual([below]);
    await put(store, above, "");
    await store.transact([{ kind: "delete", key: below }]);
    expect(await store.list("real/both")).toMatchObject([{ key: above, value: "" }]);
  });

  test("lists a tree as it was at one moment", async () => {
    const [reader, writer] = [await open(), await open()];
    const keys = [...Array(20).keys()].map((number) => `real/moment/${number}/x`);
    const write = (value: string) =>
      writer.transact(keys.map((key) => ({ kind: "put" as const, key, value })));
    await write("0");
    let isDone = false;
    const writing = (async () => {
      for (let round = 1; round <= 100; round += 1) await write(String(round));
      isDone = true;
    })();
    while (!isDone) {
      const entries = await reader.list("real/moment/");
      expect(entries).toHaveLength(20);
      expect(new Set(entries.map(({ value }) => value)).size).toBe(1);
    }
    await writing;
  });

  test("makes and clears folders for many deployers at once", async () => {
    const stores = await Promise.all([...Array(8)].map(() => open()));
    const work = stores.map(async (store, number) => {
      const key = `real/crowd/a/b/${number}`;
      for (let round = 0; round < 10; round += 1) {
        await put(store, key);
        expect(await store.get(key)).toBeDefined();
        await store.transact([{ kind: "delete", key }]);
        expect(await store.get(key)).toBeUndefined();
      }
    });
    await Promise.all(work);
    expect(await stores[0]?.list("real/crowd/")).toEqual([]);
  });

  test("refuses a key that is ZooKeeper's own", async () => {
    const store = await open();
    for (const key of ["zookeeper", "zookeeper/config"]) {
      await expect(store.get(key)).rejects.toMatchObject({ code: "STORE_REFUSED" });
      const write = { kind: "put", key, value: "1" } as const;
      await expect(store.transact([write])).rejects.toMatchObject({ code: "STORE_REFUSED" });
    }
    expect((await store.listKeys("")).filter((key) => key.startsWith("zookeeper"))).toEqual([]);
  });

  test("refuses at once a transaction that no server would read", async () => {
    const store = await open();
    const keys = [...Array(4000).keys()].map((number) => `real/large/${number}-${"k".repeat(250)}`);
    await store.transact(keys.map((key) => ({ kind: "put", key, value: "1" })));
    const { error } = await failure(() =>
      store.transact([{ kind: "deleteTree", prefix: "real/large/" }]),
    );
    expect(error).toMatchObject({
      code: "STORE_REFUSED",
      message: expect.stringContaining("at most"),
    });
    expect(await store.listKeys("real/large/")).toHaveLength(4000);
  });

  test.each([
    [0.1, "least"],
    [60, "most"],
  ])("refuses a session of %s s, and says what is allowed", async (ttlSeconds, bound) => {
    const store = await open();
    const { error } = await failure(() => store.openSession({ name: "real", ttlSeconds }));
    expect(error).toMatchObject({
      code: "STORE_REFUSED",
      message: expect.stringContaining(`at ${bound}`),
    });
  });

  test("holds no process up when it is closed", async () => {
    const before = process.getActiveResourcesInfo().length;
    const store = await openZooKeeper(zookeeper.address);
    const session = await store.openSession({ name: "real", ttlSeconds: 10 });
    await session.renew();
    const waiting = store
      .waitForChange("real/never", { after: undefined, timeoutMilliseconds: 60_000 })
      .catch(() => undefined);
    await store.get("real/never");
    await store.close();
    await waiting;
    await new Promise((resolve) => setImmediate(resolve));
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before);
  });

  test("ends a call at once when the signal aborts", async () => {
    const address = await listening(createServer(() => undefined));
    const { error } = await failure(() => openZooKeeper(address, AbortSignal.timeout(50)));
    expect(error).toMatchObject({ name: "TimeoutError" });
  });
});

describe("a way to ZooKeeper that is cut", () => {
  test("is found again by reads, waits and sessions, and ends none of them", async () => {
    const way = await openWay(endpointOf(zookeeper.address));
    const [store, other] = [await open(way.address), await open()];
    const key = "real/cut/lock";
    const session = await store.openSession({ name: "real", ttlSeconds: 5 });
    await store.transact([{ kind: "acquire", key, value: "me", session: session.id }]);
    const entry = await store.get(key);
    const wait = { after: entry?.revision, timeoutMilliseconds: 30_000 };
    const woken = store.waitForChange(key, wait);
    await store.get(key);
    way.cut();
    expect(await session.renew()).toBe(true);
    expect(await store.get(key)).toEqual(entry);
    await other.transact([{ kind: "put", key, value: "new" }]);
    expect(await woken).toMatchObject({ value: "new", session: session.id });
    await session.end();
    expect((await other.get(key))?.session).toBeUndefined();
  });
});

describe("a ZooKeeper that goes away", () => {
  test("keeps data and sessions over a restart, and the open client finds it again", async () => {
    await using server = await startZooKeeper();
    const store = await open(server.address);
    const session = await store.openSession({ name: "real", ttlSeconds: 20 });
    const key = "real/kept";
    await store.transact([{ kind: "acquire", key, value: "1", session: session.id }]);
    await server.restart();
    expect(await store.get(key)).toMatchObject({ value: "1", session: session.id });
    expect(await session.renew()).toBe(true);
    await put(store, "real/more");
  });

  test("is told within 3 s when it was stopped, to open clients and new ones", async () => {
    await using server = await startZooKeeper();
    const store = await open(server.address);
    const session = await store.openSession({ name: "real", ttlSeconds: 1 });
    await server.stop();
    const attempts = [
      () => store.list("real/"),
      () => session.renew(),
      () => openZooKeeper(server.address),
    ];
    for (const attempt of attempts) {
      const { error, milliseconds } = await failure(attempt);
      expect(error).toMatchObject({
        code: "STORE_UNREACHABLE",
        message: expect.stringContaining(String(endpointOf(server.address).port)),
      });
      expect(milliseconds).toBeLessThan(3_000);
    }
  });

  test("is told within 3 s when it takes connections but does not answer", async () => {
    await using server = await startZooKeeper();
    server.pause();
    const { error, milliseconds } = await failure(() => openZooKeeper(server.address));
    server.unpause();
    expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
    expect(milliseconds).toBeLessThan(3_000);
  });
});

describe("what is not ZooKeeper", () => {
  test.each<[string, () => Server]>([
    ["a web server", () => createWebServer((_, response) => response.end("<html>"))],
    ["a talkative one", () => createServer((socket) => socket.end("SSH-2.0-x\r\n"))],
    ["one that hangs up", () => createServer((socket) => socket.end())],
  ])("is told: %s", async (_, server) => {
    const address = await listening(server());
    const { error, milliseconds } = await failure(() => openZooKeeper(address));
    expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
    expect(milliseconds).toBeLessThan(3_000);
  });
});

describe("a ZooKeeper with users", () => {
  const login = { user: "axon", password: new Secret("correct-horse") };

  test("lets nobody else read or write what a user has made", async () => {
    const mine = await open({ ...zookeeper.address, login });
    await put(mine, "real/users/mine/a");
    expect(await mine.list("real/users/mine/")).toHaveLength(1);
    const other = await witness("axon:correct-horse");
    expect(await other.access("/real/users/mine/a")).toEqual(["digest:axon"]);
    const wrong = { ...login, password: new Secret("wrong-battery") };
    const strangers = [await open(), await open({ ...zookeeper.address, login: wrong })];
    for (const store of strangers) {
      const key = "real/users/mine/a";
      const calls = [
        () => store.get(key),
        () => store.list("real/users/mine/"),
        () => store.transact([{ kind: "put", key, value: "2" }]),
        () => store.transact([{ kind: "delete", key }]),
        () => store.waitForChange(key, { after: undefined, timeoutMilliseconds: 1_000 }),
      ];
      for (const call of calls) {
        const { error } = await failure(call);
        expect(error).toMatchObject({
          code: "STORE_REFUSED",
          hint: expect.stringContaining("AXON_KV_PASSWORD"),
        });
        expect(inspect(error, { depth: 10 })).not.toMatch(/wrong-battery|correct-horse/);
      }
      expect(inspect(store, { depth: 10 })).not.toMatch(/wrong-battery|correct-horse/);
    }
    expect(await mine.get("real/users/mine/a")).toMatchObject({ value: "1" });
  });
});

describe("several servers of a ZooKeeper", () => {
  test("are tried until one answers", async () => {
    const gone = createServer();
    const { hosts: dead } = await listening(gone);
    gone.close();
    const silent = await listening(createServer(() => undefined));
    const hosts = [...dead, ...silent.hosts, ...zookeeper.address.hosts];
    const begun = performance.now();
    const store = await open({ ...zookeeper.address, hosts });
    await put(store, "real/several");
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});

import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { KvStore, KvWrite } from "../../../src/kv/kv-store.ts";
import type { ZooKeeperAddress } from "../../../src/kv/store-address.ts";
import { openZooKeeper } from "../../../src/kv/zookeeper/zookeeper.ts";
import { failureOf, listening } from "../../helpers/failure-of.ts";
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

async function witness() {
  const one = await openWitness(zookeeper.address);
  onTestFinished(() => one[Symbol.dispose]());
  return one;
}

async function put(store: KvStore, key: string, value = "1"): Promise<void> {
  expect(await store.transact([{ kind: "put", key, value }])).toEqual({ kind: "written" });
}

describeKvStore("ZooKeeper", () => openZooKeeper(zookeeper.address), {
  server: { restart: () => zookeeper.restart() },
});

describe("ZooKeeper", () => {
  test("is described by its address", async () => {
    const store = await open({ ...zookeeper.address, chroot: "/some" });
    const port = zookeeper.address.hosts[0]?.port;
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

  test("leaves no empty folder behind when several take the last keys out of it at once", async () => {
    const stores = await Promise.all([...Array(6)].map(() => open()));
    const other = await witness();
    for (let round = 0; round < 20; round += 1) {
      const keys = stores.map((_, number) => `real/shared/folder/${number}/x`);
      await Promise.all(stores.map((store, number) => put(store, keys[number] ?? "")));
      await Promise.all(
        stores.map((store, number) =>
          store.transact([{ kind: "delete", key: keys[number] ?? "" }]),
        ),
      );
      expect(await other.children("/real")).not.toContain("shared");
    }
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
    const keys = [...Array(64).keys()].map((number) => `real/deep/${number}${"/a".repeat(200)}`);
    const { error } = await failureOf(() =>
      store.transact(keys.map((key) => ({ kind: "put", key, value: "1" }))),
    );
    expect(error).toMatchObject({
      code: "STORE_REFUSED",
      message: expect.stringContaining("at most"),
    });
    expect(await store.listKeys("real/deep/")).toEqual([]);
  });

  describe("with a tree that no server would delete at once", () => {
    const prefix = "real/large/";
    const lockKey = `${prefix}state/lock`;

    async function tree(store: KvStore, ends: readonly string[]): Promise<KvWrite[]> {
      onTestFinished(async () => void (await store.transact([{ kind: "deleteTree", prefix }])));
      const keys = ends.map((end) => `${prefix}${end}`);
      const write = (from: number) =>
        store.transact(
          keys.slice(from, from + 10).map((key) => ({ kind: "put", key, value: "1" })),
        );
      for (let from = 0; from < keys.length; from += 10) await write(from);
      const { id } = await store.openSession({ name: "real", ttlSeconds: 35 });
      await store.transact([{ kind: "acquire", key: lockKey, value: "me", session: id }]);
      return [
        { kind: "checkSession", key: lockKey, session: id },
        { kind: "deleteTree", prefix },
      ];
    }

    const long = [...Array(2_000).keys()].map((number) => `${number}-`.padEnd(500, "k"));

    test.each([
      ["many keys", long],
      ["folders within folders", long.slice(0, 20).map((end) => end.replaceAll("kk", "/k"))],
    ])("deletes it in parts, with the lock that each of them checks: %s", async (_, ends) => {
      const store = await open();
      await put(store, "real/stays");
      const deletion = await tree(store, ends);
      expect(await store.transact(deletion)).toEqual({ kind: "written" });
      expect(await store.listKeys(prefix)).toEqual([]);
      expect(await (await witness()).children("/real")).not.toContain("large");
    });

    test("writes nothing else in parts", async () => {
      const store = await open();
      const deletion = await tree(store, long);
      const { error } = await failureOf(() =>
        store.transact([...deletion, { kind: "put", key: "real/beside", value: "1" }]),
      );
      expect(error).toMatchObject({ code: "STORE_REFUSED" });
      expect(await store.listKeys(prefix)).toHaveLength(2_001);
    });
  });

  test.each([
    [0.1, "least"],
    [60, "most"],
  ])("refuses a session of %s s, and says what is allowed", async (ttlSeconds, bound) => {
    const store = await open();
    const { error } = await failureOf(() => store.openSession({ name: "real", ttlSeconds }));
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

  test("keeps everything below its chroot, and never clears that away", async () => {
    const [inside, outside] = [
      await open({ ...zookeeper.address, chroot: "/some/where" }),
      await open(),
    ];
    const session = await inside.openSession({ name: "real", ttlSeconds: 10 });
    const lock = { kind: "acquire", key: "lock", value: "me", session: session.id } as const;
    await put(inside, "a/b");
    await inside.transact([lock]);
    expect(await inside.listKeys("")).toEqual(["a/b", "lock"]);
    expect(await outside.listKeys("some/")).toEqual(["some/where/a/b", "some/where/lock"]);
    const woken = inside.waitForChange("a/b", {
      after: (await inside.get("a/b"))?.revision,
      timeoutMilliseconds: 30_000,
    });
    await put(outside, "some/where/a/b", "2");
    expect(await woken).toMatchObject({ key: "a/b", value: "2" });
    await session.end();
    await inside.transact([
      { kind: "deleteTree", prefix: "a/" },
      { kind: "delete", key: "lock" },
    ]);
    const other = await witness();
    expect(await other.children("/some/where")).toEqual(["axon"]);
  });

  test("ends a call at once when the signal aborts", async () => {
    const silent = await listening(createServer(() => undefined));
    const address = { ...zookeeper.address, hosts: [silent] };
    const { error } = await failureOf(() => openZooKeeper(address, AbortSignal.timeout(50)));
    expect(error).toMatchObject({ name: "TimeoutError" });
  });
});

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openEtcd } from "../../../src/kv/etcd/etcd.ts";
import { EtcdClient } from "../../../src/kv/etcd/etcd-client.ts";
import { nextEvent } from "../../../src/kv/etcd/etcd-wait.ts";
import type { KvStore } from "../../../src/kv/kv-store.ts";
import { startEtcd, type TestEtcd } from "../../helpers/etcd.ts";
import { readEtcdKeys } from "../../helpers/stores.ts";
import { describeKvStore } from "../kv-store.ts";

let etcd: TestEtcd;

beforeAll(async () => {
  etcd = await startEtcd();
});

afterAll(() => etcd?.[Symbol.asyncDispose]());

describeKvStore("etcd", () => openEtcd(etcd.address), {
  server: { restart: () => etcd.restart() },
});

async function opened(): Promise<KvStore> {
  const store = await openEtcd(etcd.address);
  onTestFinished(() => store.close());
  return store;
}

async function held(store: KvStore, key: string): Promise<string> {
  const { id } = await store.openSession({ name: "real", ttlSeconds: 5 });
  const write = { kind: "acquire", key, value: "me", session: id } as const;
  expect(await store.transact([write])).toEqual({ kind: "written" });
  return id;
}

describe("etcd", () => {
  test("is seen by others as the text that was written", async () => {
    const store = await opened();
    await store.transact([{ kind: "put", key: "real/text", value: "grün" }]);
    expect(await readEtcdKeys(etcd, "real/text")).toEqual({ "real/text": "grün" });
  });

  test("is seen by others to have two keys beside a lock, of which one goes with its session", async () => {
    const store = await opened();
    const session = await held(store, "real/lock");
    const [rest, holder] = [{ "real/lock": "me", "real/lock:axon-index": "1" }, session];
    expect(await readEtcdKeys(etcd, "real/lock")).toEqual({
      ...rest,
      "real/lock:axon-holder": holder,
    });
    await send("lease/revoke", { ID: session });
    expect(await readEtcdKeys(etcd, "real/lock")).toEqual(rest);
    await store.transact([{ kind: "deleteTree", prefix: "real/" }]);
    expect(await readEtcdKeys(etcd, "real/")).toEqual({});
  });

  test("takes a lock away whose key somebody deletes by other means, and goes on counting", async () => {
    const store = await opened();
    const [key, first] = ["real/gone", await held(store, "real/gone")];
    await send("kv/deleterange", { key: btoa(key) });
    const check = { kind: "checkSession", key, session: first } as const;
    expect(await store.transact([check])).toEqual({ kind: "conflict", keys: [key] });
    const second = await held(store, key);
    expect(await store.get(key)).toMatchObject({ session: second, lockIndex: 2 });
    expect(await store.transact([check])).toEqual({ kind: "conflict", keys: [key] });
  });

  test("is listed with keys and values that are none of Axon's", async () => {
    const store = await opened();
    const odd = { "real-odd/a:b": "1", "real-odd/ä b": "\ufffd", "real-odd//c": "" };
    const bytes = { "real-odd/a:b": "MQ==", "real-odd/ä b": "/w==", "real-odd//c": "" };
    for (const [key, value] of Object.entries(bytes)) {
      await send("kv/put", { key: Buffer.from(key).toString("base64"), value });
    }
    const entries = await store.list("real-odd/");
    expect(Object.fromEntries(entries.map(({ key, value }) => [key, value]))).toEqual(odd);
    expect(await store.listKeys("real-odd/")).toHaveLength(3);
  });

  test("wakes up whoever waits for what it has compacted", async () => {
    const store = await opened();
    const key = "real/compacted";
    const wait = { after: undefined, timeoutMilliseconds: 30_000 };
    const woken = store.waitForChange(key, wait);
    for (const value of ["1", "2", "3"]) {
      await store.transact([{ kind: "put", key: "real/other", value }]);
    }
    await send("kv/compaction", { revision: await revision() });
    await store.transact([{ kind: "put", key, value: "it" }]);
    expect(await woken).toMatchObject({ value: "it" });
  });

  test("looks again when what came after its look was compacted before it could wait", async () => {
    const client = await EtcdClient.open(etcd.address, undefined);
    onTestFinished(() => client.close());
    const since = await revision();
    const value = btoa("1");
    for (const _ of [1, 2, 3]) await send("kv/put", { key: btoa("real/late"), value });
    await send("kv/compaction", { revision: await revision() });
    const began = performance.now();
    await nextEvent(client, { key: "real/late", since, milliseconds: 30_000 }, undefined);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

async function send(path: string, request: object): Promise<unknown> {
  const init = { method: "POST", body: JSON.stringify(request) };
  const response = await fetch(`${etcd.url}/v3/${path}`, init);
  expect([path, response.status]).toEqual([path, 200]);
  return await response.json();
}

/** Of the whole store. */
async function revision(): Promise<string> {
  const answer = await send("kv/range", { key: btoa("a") });
  return (answer as { header: { revision: string } }).header.revision;
}

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import type { KvEntry, KvStore, KvWrite, Revision } from "../../src/kv/kv-store.ts";
import { describeKvServer, type KvServer } from "./kv-server.ts";
import { describeKvSessions } from "./kv-sessions.ts";

const KB = 1024;

/** A real store that is tried here must allow sessions of 2 to 30 s. */
export interface KvStoreOptions {
  /** How time passes for it; by itself, for a real one. */
  readonly passTime?: (milliseconds: number) => Promise<void>;
  /** Where it has one. */
  readonly server?: KvServer;
}

/** What every store must do, the one in memory and the real ones. */
export function describeKvStore(
  name: string,
  open: () => Promise<KvStore>,
  { passTime = (milliseconds) => sleep(milliseconds), server }: KvStoreOptions = {},
): void {
  describe(`${name} is a key-value store that`, () => {
    describeReading(open);
    describeWriting(open);
    describeTransactions(open);
    describeLimits(open);
    describeCalls(open);
    describeKvSessions(open, passTime);
    if (server) describeKvServer(open, server);
  });
}

/** A store and a place in it where nothing is yet. */
async function empty(open: () => Promise<KvStore>) {
  const store = await open();
  onTestFinished(() => store.close());
  return { store, root: `contract/${randomUUID()}/` };
}

function put(key: string, value: string, expected?: Revision | "absent"): KvWrite {
  return { kind: "put", key, value, expected };
}

async function written(store: KvStore, key: string, value: string): Promise<KvEntry> {
  expect(await store.transact([put(key, value)])).toEqual({ kind: "written" });
  const entry = await store.get(key);
  if (!entry) throw new Error(`${key} was not written`);
  return entry;
}

async function contents(store: KvStore, root: string): Promise<Record<string, string>> {
  const entries = await store.list(root);
  return Object.fromEntries(entries.map(({ key, value }) => [key.slice(root.length), value]));
}

function describeReading(open: () => Promise<KvStore>): void {
  test("answers undefined for a key that is not there", async () => {
    const { store, root } = await empty(open);
    expect(await store.get(`${root}nothing`)).toBeUndefined();
  });

  test("lists nothing where nothing is", async () => {
    const { store, root } = await empty(open);
    expect(await store.list(root)).toEqual([]);
  });

  test("gets what was put", async () => {
    const { store, root } = await empty(open);
    await written(store, `${root}a`, "1");
    expect(await store.get(`${root}a`)).toMatchObject({ key: `${root}a`, value: "1" });
  });

  test("lists at any depth, sorted by key", async () => {
    const { store, root } = await empty(open);
    for (const key of ["b", "a/z", "B", "a", "a/b/c", "a-b"]) await written(store, root + key, key);
    const keys = (await store.list(root)).map(({ key }) => key.slice(root.length));
    expect(keys).toEqual(["B", "a", "a-b", "a/b/c", "a/z", "b"]);
  });

  test("tells the same revision by get and by list", async () => {
    const { store, root } = await empty(open);
    const entry = await written(store, `${root}a`, "1");
    expect(await store.list(root)).toEqual([entry]);
  });

  test("lists keys without what is in them", async () => {
    const { store, root } = await empty(open);
    expect(await store.listKeys(root)).toEqual([]);
    for (const key of ["b", "a/b/c", "a"]) await written(store, root + key, key);
    expect(await store.listKeys(root)).toEqual(["a", "a/b/c", "b"].map((key) => root + key));
    expect(await store.listKeys(`${root}a/`)).toEqual([`${root}a/b/c`]);
    expect(await store.listKeys("")).toContain(`${root}a`);
  });

  test("takes a prefix as text, so that a tree needs its slash", async () => {
    const { store, root } = await empty(open);
    for (const key of ["app", "app/x", "apple"]) await written(store, root + key, key);
    expect(Object.keys(await contents(store, `${root}app/`))).toEqual(["x"]);
    expect(Object.keys(await contents(store, `${root}app`))).toEqual(["", "/x", "le"]);
  });

  test("lists everything for an empty prefix", async () => {
    const { store, root } = await empty(open);
    const entry = await written(store, `${root}a`, "1");
    expect(await store.list("")).toContainEqual(entry);
  });
}

function describeWriting(open: () => Promise<KvStore>): void {
  test("puts over what is there, under a new revision", async () => {
    const { store, root } = await empty(open);
    const before = await written(store, `${root}a`, "1");
    const after = await written(store, `${root}a`, "2");
    expect(after.value).toBe("2");
    expect(after.revision).not.toBe(before.revision);
  });

  test("puts what must be absent only where it is", async () => {
    const { store, root } = await empty(open);
    const key = `${root}a`;
    expect(await store.transact([put(key, "1", "absent")])).toEqual({ kind: "written" });
    expect(await store.transact([put(key, "2", "absent")])).toEqual({
      kind: "conflict",
      keys: [key],
    });
    expect(await contents(store, root)).toEqual({ a: "1" });
  });

  test("puts over the revision that is expected, and over no other", async () => {
    const { store, root } = await empty(open);
    const { key, revision } = await written(store, `${root}a`, "1");
    expect(await store.transact([put(key, "2", revision)])).toEqual({ kind: "written" });
    expect(await store.transact([put(key, "3", revision)])).toEqual({
      kind: "conflict",
      keys: [key],
    });
    expect(await contents(store, root)).toEqual({ a: "2" });
  });

  test("does not put back what was deleted since it was read", async () => {
    const { store, root } = await empty(open);
    const { key, revision } = await written(store, `${root}a`, "1");
    await store.transact([{ kind: "delete", key }]);
    expect(await store.transact([put(key, "2", revision)])).toEqual({
      kind: "conflict",
      keys: [key],
    });
    expect(await store.get(key)).toBeUndefined();
  });

  test("deletes one key, and does so again without complaint", async () => {
    const { store, root } = await empty(open);
    for (const key of ["a", "a/b", "ab"]) await written(store, root + key, "1");
    const write: KvWrite = { kind: "delete", key: `${root}a` };
    expect(await store.transact([write])).toEqual({ kind: "written" });
    expect(await store.transact([write])).toEqual({ kind: "written" });
    expect(await contents(store, root)).toEqual({ "a/b": "1", ab: "1" });
  });

  test("deletes the revision that is expected, and no other", async () => {
    const { store, root } = await empty(open);
    const stale = await written(store, `${root}a`, "1");
    const { key, revision } = await written(store, `${root}a`, "2");
    expect(await store.transact([{ kind: "delete", key, expected: stale.revision }])).toEqual({
      kind: "conflict",
      keys: [key],
    });
    const write: KvWrite = { kind: "delete", key, expected: revision };
    expect(await store.transact([write])).toEqual({ kind: "written" });
    expect(await store.transact([write])).toEqual({ kind: "written" });
    expect(await store.get(key)).toBeUndefined();
  });

  test("deletes a tree and nothing beside it", async () => {
    const { store, root } = await empty(open);
    for (const key of ["app", "app/", "app/a", "app/b/c", "apple"])
      await written(store, root + key, "1");
    await store.transact([{ kind: "deleteTree", prefix: `${root}app/` }]);
    expect(await contents(store, root)).toEqual({ app: "1", apple: "1" });
  });

  test("deletes a tree that is not there without complaint", async () => {
    const { store, root } = await empty(open);
    const outcome = await store.transact([{ kind: "deleteTree", prefix: `${root}none/` }]);
    expect(outcome).toEqual({ kind: "written" });
  });

  test("lets one of two writers win that expect the same revision", async () => {
    const { store, root } = await empty(open);
    const { key, revision } = await written(store, `${root}a`, "0");
    const outcomes = await Promise.all([
      store.transact([put(key, "1", revision)]),
      store.transact([put(key, "2", revision)]),
    ]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["conflict", "written"]);
    const winner = outcomes[0].kind === "written" ? "1" : "2";
    expect((await store.get(key))?.value).toBe(winner);
  });
}

function describeTransactions(open: () => Promise<KvStore>): void {
  test("writes nothing for no writes", async () => {
    const { store } = await empty(open);
    expect(await store.transact([])).toEqual({ kind: "written" });
  });

  test("does writes of all kinds together", async () => {
    const { store, root } = await empty(open);
    const old = await written(store, `${root}old`, "1");
    const kept = await written(store, `${root}kept`, "1");
    await written(store, `${root}tree/a`, "1");
    const outcome = await store.transact([
      put(`${root}new`, "2", "absent"),
      put(kept.key, "2", kept.revision),
      put(`${root}any`, "2"),
      { kind: "delete", key: old.key, expected: old.revision },
      { kind: "delete", key: `${root}gone` },
      { kind: "deleteTree", prefix: `${root}tree/` },
    ]);
    expect(outcome).toEqual({ kind: "written" });
    expect(await contents(store, root)).toEqual({ any: "2", kept: "2", new: "2" });
  });

  test("writes nothing when expectations fail, and names their keys, sorted", async () => {
    const { store, root } = await empty(open);
    const stale = await written(store, `${root}b`, "1");
    await written(store, `${root}b`, "2");
    const before = await contents(store, root);
    const outcome = await store.transact([
      put(`${root}new`, "3"),
      { kind: "delete", key: stale.key, expected: stale.revision },
      put(`${root}absent`, "3", stale.revision),
      put(`${root}also-new`, "3", "absent"),
      { kind: "deleteTree", prefix: root },
    ]);
    expect(outcome).toEqual({ kind: "conflict", keys: [`${root}absent`, `${root}b`] });
    expect(await contents(store, root)).toEqual(before);
  });

  test("writes 64 keys as one", async () => {
    const { store, root } = await empty(open);
    const taken = await written(store, `${root}63`, "taken");
    const writes = numbered(root, 64).map((key) => put(key, "1", "absent"));
    expect(await store.transact(writes)).toEqual({ kind: "conflict", keys: [taken.key] });
    expect(await contents(store, root)).toEqual({ 63: "taken" });
    await store.transact([{ kind: "delete", key: taken.key }]);
    expect(await store.transact(writes)).toEqual({ kind: "written" });
    expect(await store.list(root)).toHaveLength(64);
  });

  test("writes more than 64 keys in order and stops at the first group that fails", async () => {
    const { store, root } = await empty(open);
    const taken = await written(store, `${root}100`, "taken");
    const writes = numbered(root, 200).map((key) => put(key, "1", "absent"));
    expect(await store.transact(writes)).toEqual({ kind: "conflict", keys: [taken.key] });
    const keys = (await store.list(root)).map(({ key }) => Number(key.slice(root.length)));
    expect(keys.toSorted((a, b) => a - b)).toEqual([...Array(64).keys(), 100]);
  });

  test("writes 65 keys", async () => {
    const { store, root } = await empty(open);
    const writes = numbered(root, 65).map((key) => put(key, "1"));
    expect(await store.transact(writes)).toEqual({ kind: "written" });
    expect(await store.list(root)).toHaveLength(65);
  });

  test("deletes 64 keys as one, each at the revision that is expected", async () => {
    const { store, root } = await empty(open);
    await store.transact(numbered(root, 64).map((key) => put(key, "1")));
    const deletions = (await store.list(root)).map(
      ({ key, revision }): KvWrite => ({ kind: "delete", key, expected: revision }),
    );
    const changed = await written(store, `${root}63`, "changed");
    expect(await store.transact(deletions)).toEqual({ kind: "conflict", keys: [changed.key] });
    expect(await store.list(root)).toHaveLength(64);
    await store.transact([{ kind: "delete", key: changed.key }]);
    expect(await store.transact(deletions)).toEqual({ kind: "written" });
    expect(await store.list(root)).toEqual([]);
  });

  test("lists many large values", async () => {
    const { store, root } = await empty(open);
    const value = "x".repeat(512 * KB);
    for (const key of numbered(root, 12)) await store.transact([put(key, value)]);
    const entries = await store.list(root);
    expect(entries.filter((entry) => entry.value === value)).toHaveLength(12);
    expect(await store.listKeys(root)).toHaveLength(12);
  });

  test("writes many large values", async () => {
    const { store, root } = await empty(open);
    const value = "é".repeat(100 * KB);
    const writes = numbered(root, 5).map((key) => put(key, value));
    expect(await store.transact(writes)).toEqual({ kind: "written" });
    const entries = await store.list(root);
    expect(entries.every((entry) => entry.value === value)).toBe(true);
    expect(entries).toHaveLength(5);
  });
}

function describeLimits(open: () => Promise<KvStore>): void {
  test.each([
    ["nothing", ""],
    ["umlauts, emoji and other scripts", "grün 🚀 日本語 \u{10ffff}"],
    ["control characters", "\0\u0001\t\r\n\u001b[31m\u007f\u0085\u2028"],
    ["a byte order mark", "\ufeffx"],
    ["what looks like an encoding", "base64:eA== %41 &amp; \\u0041"],
    ["white space at the ends", " \n x \n "],
  ])("keeps a value of %s", async (_, value) => {
    const { store, root } = await empty(open);
    await store.transact([put(`${root}alone`, value)]);
    await store.transact([put(`${root}together`, value), put(`${root}x`, "x")]);
    expect(await contents(store, root)).toEqual({ alone: value, together: value, x: "x" });
  });

  test("keeps a value of 512 KB, alone or together with others", async () => {
    const { store, root } = await empty(open);
    const value = "x".repeat(512 * KB);
    const writes = [put(`${root}a`, "1"), put(`${root}b`, value, "absent"), put(`${root}c`, "1")];
    expect(await store.transact(writes)).toEqual({ kind: "written" });
    expect(await contents(store, root)).toEqual({ a: "1", b: value, c: "1" });
  });

  test("refuses a value that is one byte larger, before anything is written", async () => {
    const { store, root } = await empty(open);
    const writes = [put(`${root}a`, "1"), put(`${root}big`, `${"é".repeat(256 * KB)}x`)];
    await expect(store.transact(writes)).rejects.toMatchObject({
      code: "STORE_REFUSED",
      message: expect.stringContaining(`${root}big`),
    });
    expect(await store.list(root)).toEqual([]);
  });

  test("refuses a value that is not Unicode", async () => {
    const { store, root } = await empty(open);
    const attempt = store.transact([put(`${root}half`, "\ud83d")]);
    await expect(attempt).rejects.toMatchObject({ code: "STORE_REFUSED" });
  });

  test.each(["Z,_.-?&=9", "a?b=c&d", "...", ".hidden", "a..b", "=", "folder/", "k".repeat(400)])(
    "keeps the key %s",
    async (name) => {
      const { store, root } = await empty(open);
      const entry = await written(store, root + name, "1");
      expect(await store.list(root)).toEqual([entry]);
      await store.transact([put(entry.key, "2", entry.revision), put(`${root}other`, "2")]);
      expect(await store.get(entry.key)).toMatchObject({ value: "2" });
    },
  );

  test.each(["", "a b", "a%41", "ä", "a\n", "a#b", "a//b", "/a", "a/../b", "a/.", "..", "a:b"])(
    "refuses the key %j",
    async (key) => {
      const { store } = await empty(open);
      const refusal = {
        code: "STORE_REFUSED",
        message: expect.stringContaining(JSON.stringify(key)),
      };
      const writes: KvWrite[] = [
        put(key, "1"),
        { kind: "delete", key },
        { kind: "deleteTree", prefix: key },
      ];
      await expect(store.get(key)).rejects.toMatchObject(refusal);
      for (const write of writes) {
        await expect(store.transact([write])).rejects.toMatchObject(refusal);
      }
    },
  );
}

function describeCalls(open: () => Promise<KvStore>): void {
  test("says what it is without a credential", async () => {
    const { store } = await empty(open);
    expect(store.description).toMatch(/^[a-z]+(:\/\/[^@]+)?$/);
  });

  test("does nothing when the signal has aborted", async () => {
    const { store, root } = await empty(open);
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(store.get(`${root}a`, signal)).rejects.toThrow("stopped");
    await expect(store.list(root, signal)).rejects.toThrow("stopped");
    await expect(store.listKeys(root, signal)).rejects.toThrow("stopped");
    await expect(store.transact([put(`${root}a`, "1")], signal)).rejects.toThrow("stopped");
    expect(await store.list(root)).toEqual([]);
  });

  test("answers many calls at once", async () => {
    const { store, root } = await empty(open);
    const keys = numbered(root, 50);
    await Promise.all(keys.map((key) => store.transact([put(key, key)])));
    const entries = await Promise.all(keys.map((key) => store.get(key)));
    expect(entries.map((entry) => entry?.value)).toEqual(keys);
  });

  test("takes no calls after it was closed, and can be closed twice", async () => {
    const store = await open();
    await store.close();
    await store.close();
    await expect(store.get("contract/a")).rejects.toThrow("closed");
    await expect(store.transact([put("contract/a", "1")])).rejects.toThrow("closed");
  });
}

function numbered(root: string, count: number): readonly string[] {
  return [...Array(count).keys()].map((number) => `${root}${number}`);
}

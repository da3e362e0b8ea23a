import { describe, expect, test } from "vitest";
import type { KvStore, KvWrite } from "../../../../src/kv/kv-store.ts";
import { listRevisions } from "../../../../src/state/revisions.ts";
import { KvDesk } from "../../../helpers/kv-desk.ts";

async function records({ store }: KvDesk) {
  const { records: found } = await listRevisions(store, "shop");
  return found.map(({ number, command, summary, keys }) => ({ number, command, summary, keys }));
}

describe("axon kv put", () => {
  test("writes the key and keeps that as a revision, with author, command and names only", async () => {
    const desk = new KvDesk();
    const first = await desk.kv(["put", "debug", "true"]);
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toContain('value: "true"');
    expect(first.stdout).toContain("Revision 1, the first of shop.");
    await desk.kv(["put", "debug", "false"]);
    expect(desk.keys()).toEqual({ debug: "false" });
    expect(await records(desk)).toEqual([
      {
        number: 2,
        command: "axon kv put debug",
        summary: { update: 1 },
        keys: { debug: "update" },
      },
      {
        number: 1,
        command: "axon kv put debug",
        summary: { create: 1 },
        keys: { debug: "create" },
      },
    ]);
    const { records: found } = await listRevisions(desk.store, "shop");
    expect(found[0]).toMatchObject({ kind: "keys", outcome: "complete" });
    expect(found[0]?.who).toMatch(/^ana@/);
  });

  test("of the value that is there writes nothing", async () => {
    const desk = new KvDesk({ debug: "true" });
    expect((await desk.kv(["put", "debug", "true"])).stdout).toBe("No changes.\n");
    expect(desk.store.mutations).toBe(0);
  });

  test("takes the value from a file, from stdin, and with @@ a text with @", async () => {
    const desk = new KvDesk();
    await desk.kv(["put", "a", "@notes"], { files: { notes: "one\ntwo\n" } });
    const { stderr } = await desk.kv(["put", "b", "-"], { stdin: "three\n" });
    await desk.kv(["put", "c", "@@four"]);
    await desk.kv(["put", "d", ""]);
    expect(desk.keys()).toEqual({ a: "one\ntwo\n", b: "three\n", c: "@four", d: "" });
    expect(stderr).toBe("note: the value ends with a line break\n");
  });

  test.each([
    ["a//b", "1", "KEY_INVALID"],
    ["/a", "1", "KEY_INVALID"],
    ["a/", "1", "KEY_INVALID"],
    ["a b", "1", "KEY_INVALID"],
    ["a/../b", "1", "KEY_INVALID"],
    ["axon/shop/config/a", "1", "KEY_INVALID"],
    ["a".repeat(600), "1", "KEY_INVALID"],
    ["a", "1\0", "KEY_INVALID"],
    ["a", "x".repeat(400 * 1024), "KEY_INVALID"],
    ["a", "@gone", "FILE_UNREADABLE"],
    ["a", "@", "USAGE"],
  ])("refuses %.20s with %.10s, and writes nothing", async (key, value, code) => {
    const desk = new KvDesk();
    await expect(desk.kv(["put", key, value])).rejects.toMatchObject({ code });
    expect(desk.store.mutations).toBe(0);
  });

  test("with --cas writes only what still has the version that was seen", async () => {
    const desk = new KvDesk({ debug: "1" });
    const { version } = JSON.parse((await desk.kv(["get", "debug", "--json"])).stdout);
    await desk.kv(["put", "debug", "2", "--cas", version]);
    const late = desk.kv(["put", "debug", "3", "--cas", version]);
    await expect(late).rejects.toMatchObject({ code: "KEY_CHANGED", exitCode: 8 });
    const there = desk.kv(["put", "debug", "3", "--cas", "0"]);
    await expect(there).rejects.toMatchObject({ code: "KEY_CHANGED" });
    await desk.kv(["put", "fresh", "1", "--cas", "0"]);
    expect(desk.keys()).toEqual({ debug: "2", fresh: "1" });
  });

  test("says that a key of the Servicefile comes back", async () => {
    const desk = new KvDesk({ debug: "1" });
    const key = "axon/shop/state/config-keys";
    await desk.store.transact([{ kind: "put", key, value: "debug" }]);
    const { stdout } = await desk.kv(["put", "debug", "2"]);
    expect(stdout).toContain("Config in the Servicefile has debug");
  });

  test("never shows what its name, a mark or another secret gives away", async () => {
    const desk = new KvDesk({ "db/password": "opensesame" });
    const said = [
      await desk.kv(["put", "db/password", "closesesame"]),
      await desk.kv(["put", "pin", "sesame4711", "--sensitive"]),
      await desk.kv(["put", "pin", "sesame4712"]),
      await desk.kv(["put", "url", "redis://x:closesesame@redis"]),
      await desk.kv(["list"]),
      await desk.kv(["list", "--json"]),
      await desk.kv(["history", "pin"]),
      await desk.kv(["export"]),
    ];
    expect(JSON.stringify(said)).not.toContain("sesame");
    const inTheClear = JSON.stringify(await listRevisions(desk.store, "shop"));
    expect(inTheClear).not.toContain("sesame");
    expect(desk.store.entries()["axon/shop/state/sensitive-keys"]).toBe("pin");
    await expect(desk.kv(["get", "pin"])).rejects.toMatchObject({ code: "KEY_SENSITIVE" });
    expect((await desk.kv(["get", "pin", "--show-sensitive"])).stdout).toBe("sesame4712");
    await desk.kv(["delete", "pin"]);
    expect(desk.store.entries()).not.toHaveProperty("axon/shop/state/sensitive-keys");
  });

  test("waits for nobody with --no-wait, and names who has the lock", async () => {
    const desk = new KvDesk();
    const { id } = await desk.store.openSession({ name: "other", ttlSeconds: 15 });
    const key = "axon/shop/state/lock";
    await desk.store.transact([{ kind: "acquire", key, value: "{}", session: id }]);
    const refused = desk.kv(["put", "debug", "1", "--no-wait"]);
    await expect(refused).rejects.toMatchObject({ code: "LOCK_HELD", exitCode: 7 });
    expect(desk.keys()).toEqual({});
  });

  test("does not write over what somebody changed after it was looked at under the lock", async () => {
    const desk = new KvDesk({ debug: "1" });
    const theirs = { kind: "put", key: desk.path("debug"), value: "theirs" } as const;
    const lost = desk.kv(["put", "debug", "2"], {
      through: watching(async (writes) => {
        if (writes.some((write) => "key" in write && write.key === theirs.key))
          await desk.store.transact([theirs]);
      }),
    });
    await expect(lost).rejects.toMatchObject({ code: "KEY_CHANGED", exitCode: 8 });
    expect(desk.keys()).toEqual({ debug: "theirs" });
    expect(await records(desk)).toEqual([]);
    expect(await desk.store.listKeys("axon/shop/revisions/")).toEqual([]);
  });
});

/** The same store, but what is to be written is shown first; who then throws has cut the connection. */
function watching(before: (writes: readonly KvWrite[]) => Promise<void>) {
  return (store: KvStore): KvStore =>
    new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        if (name !== "transact") return member.bind(target);
        return async (writes: readonly KvWrite[], signal?: AbortSignal) => {
          await before(writes);
          return target.transact(writes, signal);
        };
      },
    });
}

describe("axon kv delete", () => {
  test("removes the keys that are named, without a question", async () => {
    const desk = new KvDesk({ a: "1", b: "2", c: "3" });
    const { stdout } = await desk.kv(["delete", "a", "c"]);
    expect(stdout).toMatch(/- +a +remove config/);
    expect(desk.keys()).toEqual({ b: "2" });
  });

  test("of what is not there names what is near", async () => {
    const desk = new KvDesk({ debug: "1" });
    const missing = desk.kv(["delete", "debgu"]);
    await expect(missing).rejects.toMatchObject({
      code: "KEY_UNKNOWN",
      hint: "Did you mean debug?",
    });
  });

  test("asks before it removes all that begins with a text", async () => {
    const desk = new KvDesk({ "f/a": "1", "f/b": "2", g: "3" });
    const words = ["delete", "f/", "--prefix"];
    await expect(desk.kv(words)).rejects.toMatchObject({ code: "ANSWER_NEEDED" });
    await expect(desk.kv(words, { answer: false })).rejects.toMatchObject({ code: "DECLINED" });
    expect(desk.store.mutations).toBe(0);
    await desk.kv(words, { answer: true });
    expect(desk.keys()).toEqual({ g: "3" });
  });
});

describe("a change that is cut off", () => {
  const fileOf = (count: number, name = "k") => {
    const keys = Array.from({ length: count }, (_, index) => [`${name}${index}`, "1"]);
    return JSON.stringify({ format_version: "1.0", config: Object.fromEntries(keys) });
  };
  const words = ["import", "-", "--yes"];

  test("of as many keys as fit into one transaction is done with its revision, or not at all", async () => {
    const found: number[] = [];
    for (let calls = 1; calls < 20; calls += 1) {
      const desk = new KvDesk();
      let left = calls;
      const through = watching(async () => {
        left -= 1;
        if (left < 0) throw new Error("killed");
      });
      await desk.kv(words, { stdin: fileOf(40), through }).catch((problem: Error) => {
        expect(problem.message).toBe("killed");
      });
      const { length } = (await listRevisions(desk.store, "shop")).records;
      expect(Object.keys(desk.keys())).toHaveLength(length * 40);
      found.push(length);
    }
    expect([...new Set(found)]).toEqual([0, 1]);
  });

  const cutOffAfter = async (most: number, desk: KvDesk, stdin: string) => {
    let groups = 0;
    const through = watching(async (writes) => {
      if (!writes.some((write) => "key" in write && write.key.includes("/config/"))) return;
      groups += 1;
      if (groups > most) throw new Error("killed");
    });
    await expect(desk.kv(words, { stdin, through })).rejects.toThrow("killed");
  };

  test("of more keys is told by the journal, and done by the same command again", async () => {
    const stdin = fileOf(300);
    const desk = new KvDesk();
    await cutOffAfter(2, desk, stdin);
    const journal = JSON.parse(desk.store.entries()["axon/shop/state/journal/run"] ?? "");
    expect(journal).toMatchObject({ command: "axon kv import", planned: 300, revision: 1 });
    const left = 300 - Object.keys(desk.keys()).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(300);
    const { stdout } = await desk.kv(words, { stdin });
    expect(stdout).toContain(`Plan: ${left} to add.`);
    expect(Object.keys(desk.keys())).toHaveLength(300);
    expect(await records(desk)).toMatchObject([{ number: 1 }]);
    const journals = Object.keys(desk.store.entries()).filter((key) => key.includes("/journal/"));
    expect(journals).toEqual([]);
    const [record] = (await listRevisions(desk.store, "shop")).records;
    expect(Object.keys(record?.keys ?? {})).toHaveLength(300);
  });

  /** Whether there were that many writes. The lock is free again, as when its session has expired. */
  const killedAt = async (call: number, desk: KvDesk, stdin: string) => {
    let left = call;
    const through = watching(async (writes) => {
      if (writes.some(({ kind }) => kind === "acquire" || kind === "release")) return;
      left -= 1;
      if (left < 0) throw new Error("killed");
    });
    await desk.kv(words, { stdin, through }).catch((problem: Error) => {
      expect(problem.message).toBe("killed");
    });
    return left < 0;
  };

  test.each([60, 61, 62, 63, 64, 125])(
    "of %i keys, wherever it is cut, is in the history or told by the journal, and done by the same command again",
    async (count) => {
      const stdin = fileOf(count);
      for (let call = 0, isCut = true; isCut; call += 1) {
        const desk = new KvDesk();
        isCut = await killedAt(call, desk, stdin);
        const { "axon/shop/state/journal/run": journal, "axon/shop/state/current": current } =
          desk.store.entries();
        const written = Object.keys(desk.keys()).length;
        const [record] = await records(desk);
        expect(current).toBe(record && "1");
        if (record === undefined && written > 0) expect(journal).toContain('"k59"');
        if (record !== undefined) expect(written).toBe(count);

        await desk.kv(words, { stdin });
        const [complete, ...others] = await records(desk);
        expect(others).toEqual([]);
        expect(complete?.number).toBe(1);
        expect(Object.keys(complete?.keys ?? {})).toHaveLength(count);
        expect(Object.keys(desk.keys())).toHaveLength(count);
        expect(desk.store.entries()["axon/shop/state/journal/run"]).toBeUndefined();
        expect((await desk.kv(words, { stdin })).stdout).toBe("No changes.\n");
      }
    },
  );

  test("has no sensitive key without its mark, wherever it is cut", async () => {
    const keys = Array.from({ length: 70 }, (_, index) => [`pin${index}`, "1"]);
    const stdin = JSON.stringify({ format_version: "1.0", sensitive: Object.fromEntries(keys) });
    for (let call = 0, isCut = true; isCut; call += 1) {
      const desk = new KvDesk({ old: "1" });
      await desk.kv(["put", "old", "2", "--sensitive"]);
      isCut = await killedAt(call, desk, stdin);
      const marked = desk.store.entries()["axon/shop/state/sensitive-keys"]?.split("\n");
      expect(marked).toEqual(expect.arrayContaining(Object.keys(desk.keys())));
    }
  });

  test("is ended by the next change, also one to what is there already; a dry run only tells of it", async () => {
    const stdin = fileOf(100);
    const desk = new KvDesk();
    const through = watching(async (writes) => {
      if (writes.some((write) => "key" in write && write.key.endsWith("state/current")))
        throw new Error("killed");
    });
    await expect(desk.kv(words, { stdin, through })).rejects.toThrow("killed");
    expect(Object.keys(desk.keys())).toHaveLength(100);
    const note =
      /^note: what the axon kv import of ana@\S+ at \S+ wrote is not in the history yet$/m;
    const dry = await desk.kv([...words, "--dry-run"], { stdin });
    expect([dry.stdout, dry.stderr]).toEqual(["No changes.\n", expect.stringMatching(note)]);
    expect(await records(desk)).toEqual([]);

    const { id } = await desk.store.openSession({ name: "other", ttlSeconds: 15 });
    const key = "axon/shop/state/lock";
    await desk.store.transact([{ kind: "acquire", key, value: "{}", session: id }]);
    const busy = await desk.kv([...words, "--no-wait"], { stdin });
    expect(busy).toEqual({ exitCode: 0, stdout: "No changes.\n", stderr: "" });
    await desk.store.transact([{ kind: "release", key, session: id }]);

    const put = await desk.kv(["put", "k0", "1"]);
    expect(put.stdout).toBe("No changes.\n\nRevision 1, the first of shop.\n");
    expect(put.stderr).toMatch(note);
    expect(await records(desk)).toMatchObject([
      { command: "axon kv put k0", summary: { create: 100 } },
    ]);
    expect((await desk.kv(["put", "k0", "1"])).stderr).toBe("");
  });

  test("of thousands of keys, and after another one, is in the next revision with all its keys", async () => {
    const desk = new KvDesk();
    await cutOffAfter(50, desk, fileOf(5_000));
    expect(Object.keys(desk.keys()).length).toBeGreaterThan(2_000);
    await cutOffAfter(2, desk, fileOf(300, "other"));
    await desk.kv(["put", "last", "1"]);
    const [record] = await records(desk);
    expect(Object.keys(record?.keys ?? {})).toHaveLength(5_301);
    expect(Object.keys(record?.keys ?? {})).toEqual(
      expect.arrayContaining(Object.keys(desk.keys())),
    );
    expect(desk.store.entries()["axon/shop/state/journal/run"]).toBeUndefined();
  });
});

test("a deploy that was cut off stays the revision after the change", async () => {
  const stdin = JSON.stringify({
    format_version: "1.0",
    config: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, "1"])),
  });
  const desk = new KvDesk();
  const journal = {
    version: 1,
    command: "axon deploy",
    who: "ben@here",
    at: "2026-11-21T00:00:00.000Z",
    revision: 1,
    planned: 0,
    changes: [],
  };
  const key = "axon/shop/state/journal/run";
  const kept = () => JSON.parse(desk.store.entries()[key] ?? "");
  const value = JSON.stringify({ ...journal, keys: { before: "create" } });
  await desk.store.transact([{ kind: "put", key, value }]);
  await desk.kv(["put", "debug", "1"]);
  expect(kept()).toEqual({ ...journal, revision: 2 });
  expect((await records(desk))[0]?.keys).toEqual({ before: "create", debug: "create" });

  const seen: unknown[] = [];
  const through = watching(async (writes) => {
    if (writes.some((one) => "key" in one && one.key.endsWith("/config/k0"))) seen.push(kept());
  });
  await desk.kv(["import", "-", "--yes"], { stdin, through });
  expect(seen).toMatchObject([{ command: "axon deploy", revision: 3, keys: { k99: "create" } }]);
  expect(kept()).toEqual({ ...journal, revision: 3 });
});

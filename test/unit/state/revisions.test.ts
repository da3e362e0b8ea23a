import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/secret.ts";
import { deployOutcome } from "../../../src/state/revision-record.ts";
import { listRevisions, readRevision } from "../../../src/state/revisions.ts";
import { type RevisionDraft, writeRevision } from "../../../src/state/write-revision.ts";
import { imageIdentity, model, service } from "../../helpers/build.ts";
import { MemoryKvStore } from "../../helpers/memory-kv.ts";

const ROOT = "axon/shop/state/";

function draft(overrides: Partial<RevisionDraft> = {}): RevisionDraft {
  return {
    deployment: "shop",
    model: model({ services: [service("web")] }),
    config: { debug: "true" },
    facts: {
      at: "2026-01-02T03:04:05.000Z",
      who: "ana@build",
      command: "axon deploy",
      source: { commit: "0123abc", dirty: true },
      durationMilliseconds: 1234,
      outcome: "complete",
      axonVersion: "0.1.0",
      summary: { create: 1 },
    },
    random: () => randomBytes(32).toString("hex"),
    ...overrides,
  };
}

function numbers(store: MemoryKvStore): Promise<readonly number[]> {
  return listRevisions(store, "shop").then(({ records }) => records.map(({ number }) => number));
}

describe("writing a revision", () => {
  test("keeps what was told of it, and the images with their ids", async () => {
    const store = new MemoryKvStore();
    expect(await writeRevision(store, draft())).toBe(1);
    const { records, notices } = await listRevisions(store, "shop");
    expect(records).toEqual([
      {
        version: 1,
        number: 1,
        ...draft().facts,
        images: { "web:1": imageIdentity("web:1").id },
        model: { id: expect.any(String), chunks: 1 },
      },
    ]);
    expect(notices).toEqual([]);
  });

  test("counts up by one and points to the last", async () => {
    const store = new MemoryKvStore();
    for (const number of [1, 2, 3]) expect(await writeRevision(store, draft())).toBe(number);
    expect(store.entries()[`${ROOT}current`]).toBe("3");
    expect(await numbers(store)).toEqual([3, 2, 1]);
  });

  test("gives two that are written at once two numbers, and leaves nothing half", async () => {
    const store = new MemoryKvStore();
    const written = await Promise.all([1, 2, 3].map(() => writeRevision(store, draft())));
    expect(written.toSorted()).toEqual([1, 2, 3]);
    expect(store.entries()[`${ROOT}current`]).toBe("3");
    for (const number of written) await readRevision(store, { deployment: "shop", number });
    expect(await store.listKeys("axon/shop/revisions/")).toHaveLength(3);
  });

  test("goes on from the newest record when the pointer is lost or damaged", async () => {
    const store = new MemoryKvStore();
    await writeRevision(store, draft());
    await store.transact([{ kind: "delete", key: `${ROOT}current` }]);
    expect(await writeRevision(store, draft())).toBe(2);
    await store.transact([{ kind: "put", key: `${ROOT}current`, value: "?" }]);
    expect(await writeRevision(store, draft())).toBe(3);
  });

  test("never gives a number again, even when the records are gone", async () => {
    const store = new MemoryKvStore();
    await writeRevision(store, draft());
    await store.transact([{ kind: "deleteTree", prefix: `${ROOT}revisions/` }]);
    expect(await writeRevision(store, draft())).toBe(2);
  });

  test("keeps the newest ones and removes the others with all that is theirs", async () => {
    const store = new MemoryKvStore();
    for (let count = 0; count < 12; count += 1) await writeRevision(store, draft({ keep: 10 }));
    expect(await numbers(store)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect(await store.listKeys("axon/shop/revisions/")).toHaveLength(10);
  });

  test("keeps twenty unless told otherwise, and the one just written always", async () => {
    const store = new MemoryKvStore();
    for (let count = 0; count < 22; count += 1) await writeRevision(store, draft());
    expect(await numbers(store)).toHaveLength(20);
    expect(await writeRevision(store, draft({ keep: 0 }))).toBe(23);
    expect(await numbers(store)).toEqual([23]);
  });

  test("does not touch a deployment with a longer name", async () => {
    const store = new MemoryKvStore();
    await writeRevision(store, draft({ deployment: "shop-2" }));
    expect(await writeRevision(store, draft({ keep: 1 }))).toBe(1);
    expect((await listRevisions(store, "shop-2")).records).toHaveLength(1);
  });
});

describe("reading a revision", () => {
  test("gives the model back, its secrets with it", async () => {
    const store = new MemoryKvStore();
    const env = { PASSWORD: new Secret("hunter2-hunter2"), MODE: "live" };
    const wanted = model({ services: [service("web", { container: { env } })] });
    const number = await writeRevision(store, draft({ model: wanted }));
    const { model: found, record } = await readRevision(store, { deployment: "shop", number });
    expect(found).toEqual(wanted);
    const secret = found?.services.web?.container.env.PASSWORD;
    expect(secret).toBeInstanceOf(Secret);
    expect(secret instanceof Secret && secret.reveal()).toBe("hunter2-hunter2");
    expect(record.number).toBe(number);
  });

  test("gives a model back that fills many values of the store", async () => {
    const store = new MemoryKvStore();
    const config = Object.fromEntries(
      [...Array(18).keys()].map((key) => [`${key}`, randomBytes(128 * 1024).toString("hex")]),
    );
    const wanted = model({ config });
    const number = await writeRevision(store, draft({ model: wanted }));
    const { model: found, record } = await readRevision(store, { deployment: "shop", number });
    expect(record.model.chunks).toBeGreaterThan(10);
    expect(found).toEqual(wanted);
  });

  test("of a number that is not there is refused", async () => {
    const attempt = readRevision(new MemoryKvStore(), { deployment: "shop", number: 7 });
    await expect(attempt).rejects.toMatchObject({ code: "REVISION_UNKNOWN", exitCode: 3 });
  });

  test.each<[string, (store: MemoryKvStore) => Promise<unknown>]>([
    ["a broken record", (store) => put(store, "revisions/1", "{")],
    ["a record of a newer Axon", (store) => put(store, "revisions/1", '{"version":2}')],
    ["another key", (store) => put(store, "sealing-key", "other")],
    ["no key", (store) => store.transact([{ kind: "delete", key: `${ROOT}sealing-key` }])],
    [
      "no model",
      (store) => store.transact([{ kind: "deleteTree", prefix: "axon/shop/revisions/" }]),
    ],
    [
      "a model with one changed letter",
      async (store) => {
        const [entry] = await store.list(`axon/shop/revisions/1/`);
        const text = entry?.value ?? "";
        const flipped = (text[50] === "A" ? "B" : "A") + text.slice(51);
        await store.transact([
          { kind: "put", key: entry?.key ?? "", value: text.slice(0, 50) + flipped },
        ]);
      },
    ],
  ])("with %s is refused", async (_, damage) => {
    const store = new MemoryKvStore();
    await writeRevision(store, draft());
    await damage(store);
    const attempt = readRevision(store, { deployment: "shop", number: 1 });
    await expect(attempt).rejects.toMatchObject({ code: "REVISION_UNREADABLE", exitCode: 1 });
  });

  test("does not take the model of one for that of another", async () => {
    const store = new MemoryKvStore();
    await writeRevision(store, draft());
    await writeRevision(store, draft({ model: model() }));
    const [first] = await store.list(`axon/shop/revisions/1/`);
    const [second] = await store.list(`axon/shop/revisions/2/`);
    await store.transact([{ kind: "put", key: second?.key ?? "", value: first?.value ?? "" }]);
    const attempt = readRevision(store, { deployment: "shop", number: 2 });
    await expect(attempt).rejects.toMatchObject({ code: "REVISION_UNREADABLE" });
  });
});

describe("listing revisions", () => {
  test("passes over what nobody can use, and tells so", async () => {
    const store = new MemoryKvStore();
    await writeRevision(store, draft());
    await put(store, "revisions/9", "{");
    const { records, notices } = await listRevisions(store, "shop");
    expect(records.map(({ number }) => number)).toEqual([1]);
    expect(notices).toEqual([expect.stringContaining("revision 9")]);
  });

  test("reads no model", async () => {
    const store = new MemoryKvStore();
    await writeRevision(store, draft());
    store.failOn.set("axon/shop/revisions/", new Error("read"));
    const listed: string[] = [];
    const list = store.list.bind(store);
    store.list = (prefix, signal) => {
      listed.push(prefix);
      return list(prefix, signal);
    };
    await listRevisions(store, "shop");
    expect(listed).toEqual([`${ROOT}revisions/`]);
  });
});

function put(store: MemoryKvStore, name: string, value: string) {
  return store.transact([{ kind: "put", key: ROOT + name, value }]);
}

describe("changes of keys between deploys", () => {
  const keys = (number: number) => ({
    ...draft().facts,
    kind: "keys" as const,
    deployed: { revision: number, outcome: "complete" as const },
  });

  test("stay as long as the deploys around them, and nothing older than the oldest deploy does", async () => {
    const store = new MemoryKvStore();
    for (const kind of ["deploy", "keys", "keys", "deploy", "keys", "deploy", "keys"]) {
      const facts = kind === "keys" ? keys(1) : draft().facts;
      await writeRevision(store, draft({ facts, keep: 2 }));
    }
    expect(await numbers(store)).toEqual([7, 6, 5, 4]);
  });

  test("are no more than a hundred, and then older deploys go with them", async () => {
    const store = new MemoryKvStore();
    await writeRevision(store, draft());
    for (let count = 0; count < 105; count += 1)
      await writeRevision(store, draft({ facts: keys(1) }));
    const kept = await numbers(store);
    expect(kept).toHaveLength(100);
    expect(kept.at(-1)).toBe(7);
    expect(await store.listKeys("axon/shop/revisions/")).toHaveLength(100);
  });

  test("before the first deploy have no model, and say so", async () => {
    const store = new MemoryKvStore();
    const { deployed: _, ...facts } = keys(0);
    const number = await writeRevision(store, draft({ model: undefined, facts }));
    const {
      model: found,
      config,
      record,
    } = await readRevision(store, { deployment: "shop", number });
    expect(found).toBeUndefined();
    expect(config).toEqual({ debug: "true" });
    expect(deployOutcome(record)).toBeUndefined();
  });
});

import { describe, expect, test } from "vitest";
import type { KvStore } from "../../../../src/kv/kv-store.ts";
import { Secret } from "../../../../src/secret.ts";
import { writeRevision } from "../../../../src/state/write-revision.ts";
import {
  currentRevisionKey,
  encodeOwnedConfig,
  ownedConfigKey,
  revisionKey,
  revisionModelRoot,
  sealingKeyKey,
} from "../../../../src/store-layout.ts";
import { model } from "../../../helpers/build.ts";
import { KvDesk } from "../../../helpers/kv-desk.ts";

const SECRET = "only-the-model-knows";
const URL_WITH_IT = `redis://:${SECRET}@redis:6379`;

/** A key that a person wrote, with a copy of what the last deploy generated. */
async function deployed(): Promise<KvDesk> {
  const desk = new KvDesk({ "redis/url": URL_WITH_IT });
  const config = { "redis/url": URL_WITH_IT };
  await writeRevision(desk.store, {
    deployment: "shop",
    model: model({ generated: { redis: new Secret(SECRET) } }),
    config,
    random: () => "1".repeat(64),
    facts: {
      at: "2026-11-21T12:00:00.000Z",
      who: "ana@here",
      command: "axon deploy",
      durationMilliseconds: 1,
      outcome: "complete",
      axonVersion: "0.1.0",
      summary: {},
    },
  });
  return desk;
}

const newer = JSON.stringify({ version: 2 });

const LOST: Readonly<Record<string, (desk: KvDesk) => Promise<unknown>>> = {
  "a newer Axon wrote it": ({ store }) =>
    store.transact([{ kind: "put", key: revisionKey("shop", 1), value: newer }]),
  "its record is gone": ({ store }) =>
    store.transact([{ kind: "delete", key: revisionKey("shop", 1) }]),
  "its parts are gone": ({ store }) =>
    store.transact([{ kind: "deleteTree", prefix: revisionModelRoot("shop", 1) }]),
  "the sealing key is gone": ({ store }) =>
    store.transact([{ kind: "delete", key: sealingKeyKey("shop") }]),
  "its number is garbled": ({ store }) =>
    store.transact([{ kind: "put", key: currentRevisionKey("shop"), value: "garbled" }]),
};

async function allOf(desk: KvDesk): Promise<string> {
  const said = [
    await desk.kv(["list"]),
    await desk.kv(["list", "--json"]),
    await desk.kv(["history", "redis/url"]),
    await desk.kv(["export"]),
    await desk.kv(["delete", "redis/url"], { answer: false }).catch(({ message }) => ({
      stdout: message,
      stderr: "",
    })),
    await desk.kv(["put", "redis/url", `${URL_WITH_IT}/1`]),
    await desk.kv(["list"]),
  ];
  await expect(desk.kv(["get", "redis/url"])).rejects.toMatchObject({ code: "KEY_SENSITIVE" });
  return said.map(({ stdout, stderr }) => stdout + stderr).join("\n");
}

describe("a value with a copy of a secret that only the last deploy's model knows", () => {
  test("is not shown", async () => {
    expect(await allOf(await deployed())).not.toContain(SECRET);
  });

  test.each(Object.keys(LOST))("is not shown where %s, which is said", async (how) => {
    const desk = await deployed();
    await LOST[how]?.(desk);
    const { stderr, stdout } = await desk.kv(["list"]);
    expect(stdout).toContain("redis/url");
    expect(stderr).toMatch(
      /revision .*; which values hold a secret is not known, so none is shown/,
    );
    expect(await allOf(desk)).not.toContain(SECRET);
  });

  test("a store that does not answer is said to be that", async () => {
    const desk = await deployed();
    const away = new Error("away");
    const get = async (key: string) => {
      if (key === revisionKey("shop", 1)) throw away;
      return desk.store.get(key);
    };
    const through = (store: KvStore) =>
      new Proxy(store, {
        get: (target, name) => {
          const member: unknown = name === "get" ? get : Reflect.get(target, name);
          return typeof member === "function" ? member.bind(target) : member;
        },
      });
    await expect(desk.kv(["list"], { through })).rejects.toBe(away);
  });
});

test("where nothing was deployed, values are shown", async () => {
  const desk = new KvDesk({ name: "Example" });
  expect((await desk.kv(["list"])).stdout).toContain("Example");
  await desk.kv(["put", "name", "Other"]);
  expect((await desk.kv(["list"])).stdout).toContain("Other");
});

test("a key that the Servicefile calls secret is imported as it was exported: no change", async () => {
  const desk = new KvDesk({ "mail/relay": SECRET });
  const value = encodeOwnedConfig({ "mail/relay": new Secret(SECRET) });
  await desk.store.transact([{ kind: "put", key: ownedConfigKey("shop"), value }]);
  const { stdout } = await desk.kv(["export", "--show-sensitive"]);
  expect(stdout).toContain(`sensitive:\n  mail/relay: "${SECRET}"`);
  const again = await desk.kv(["import", "-"], { stdin: stdout });
  expect(again).toMatchObject({ exitCode: 0, stdout: "No changes.\n" });
});

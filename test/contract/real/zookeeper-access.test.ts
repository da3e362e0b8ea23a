import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { KvStore } from "../../../src/kv/kv-store.ts";
import type { TlsOptions, ZooKeeperAddress } from "../../../src/kv/store-address.ts";
import { openZooKeeper } from "../../../src/kv/zookeeper/zookeeper.ts";
import { Secret } from "../../../src/secret.ts";
import { certificateFor } from "../../helpers/certificate.ts";
import { failureOf } from "../../helpers/failure-of.ts";
import { startZooKeeper, type TestZooKeeper } from "../../helpers/zookeeper.ts";
import { openWitness } from "../../helpers/zookeeper-witness.ts";

const LOGIN = { user: "axon", password: new Secret("correct-horse") };
const SECRETS = /correct-horse|wrong-battery/;
const NAME = "zookeeper.test";

async function opened(address: ZooKeeperAddress): Promise<KvStore> {
  const store = await openZooKeeper(address);
  onTestFinished(() => store.close());
  return store;
}

describe("a ZooKeeper with users", () => {
  let server: TestZooKeeper;

  beforeAll(async () => {
    server = await startZooKeeper();
    const store = await openZooKeeper({ ...server.address, login: LOGIN });
    await store.transact([{ kind: "put", key: "axon/a", value: "1" }]);
    await store.close();
  });

  afterAll(() => server?.[Symbol.asyncDispose]());

  test("keeps what a user has made for that user", async () => {
    using other = await openWitness(server.address, "axon:correct-horse");
    for (const path of ["/axon/a", "/axon"]) {
      expect(await other.access(path)).toEqual(["digest:axon"]);
    }
    const store = await opened({ ...server.address, login: LOGIN });
    const session = await store.openSession({ name: "real", ttlSeconds: 5 });
    const lock = { key: "axon/lock", session: session.id };
    await store.transact([{ kind: "acquire", value: "me", ...lock }]);
    expect(await store.listKeys("axon/")).toEqual(["axon/a", "axon/lock"]);
    expect(await session.renew()).toBe(true);
    await session.end();
  });

  test.each([
    ["nobody", undefined],
    ["a user with another password", { ...LOGIN, password: new Secret("wrong-battery") }],
  ])("refuses %s in every call, and shows no password", async (_, login) => {
    const store = await opened({ ...server.address, login });
    const key = "axon/a";
    const calls = [
      () => store.get(key),
      () => store.list("axon/"),
      () => store.listKeys("axon/"),
      () => store.waitForChange(key, { after: undefined, timeoutMilliseconds: 1_000 }),
      () => store.openSession({ name: "real", ttlSeconds: 5 }),
      () => store.transact([{ kind: "put", key, value: "2" }]),
      () => store.transact([{ kind: "delete", key }]),
    ];
    for (const call of calls) {
      const { error } = await failureOf(call);
      expect(error).toMatchObject({
        code: "STORE_REFUSED",
        hint: expect.stringContaining("AXON_KV_PASSWORD"),
      });
      expect(inspect(error, { depth: 10 })).not.toMatch(SECRETS);
    }
    expect(inspect(store, { depth: 10 }) + store.description).not.toMatch(SECRETS);
  });
});

describe("a ZooKeeper with TLS", () => {
  const folder = mkdtempSync(join(tmpdir(), "axon-tls-"));
  const files = Object.fromEntries(
    ["mine", "other"].map((name) => {
      const { cert, key } = certificateFor(NAME);
      const file = (kind: string, text: string) => {
        const path = join(folder, `${name}-${kind}.pem`);
        writeFileSync(path, text);
        return path;
      };
      return [
        name,
        { all: file("all", cert + key), cert: file("cert", cert), key: file("key", key) },
      ];
    }),
  );
  const mine = { caFile: files.mine?.cert, certFile: files.mine?.cert, keyFile: files.mine?.key };
  let server: TestZooKeeper;

  beforeAll(async () => {
    const tls = { certAndKeyFile: files.mine?.all ?? "", caFile: files.mine?.cert ?? "" };
    server = await startZooKeeper({ tls });
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const over = (tls: TlsOptions): ZooKeeperAddress => ({ ...server.address, tls });

  test("is spoken to with a certificate of one's own, by sessions and locks, too", async () => {
    const store = await opened(over({ ...mine, serverName: NAME }));
    expect(store.description).toMatch(/^zookeepers:/);
    const session = await store.openSession({ name: "real", ttlSeconds: 5 });
    const value = "x".repeat(512 * 1024);
    await store.transact([{ kind: "acquire", key: "axon/a", value, session: session.id }]);
    expect(await store.get("axon/a")).toMatchObject({ value, session: session.id });
    await session.end();
  });

  test.each<[string, TlsOptions]>([
    ["a certificate that somebody else signed", { ...mine, caFile: files.other?.cert }],
    ["a certificate for another name", { ...mine, serverName: "other.test" }],
    ["no certificate of one's own", { caFile: mine.caFile, serverName: NAME }],
  ])("is not spoken to with %s", async (_, tls) => {
    const { error, milliseconds } = await failureOf(() =>
      openZooKeeper(over({ serverName: NAME, ...tls })),
    );
    expect(error).toMatchObject({
      code: "STORE_UNREACHABLE",
      message: expect.stringContaining("no secure connection"),
    });
    expect(milliseconds).toBeLessThan(3_000);
  });

  test("takes any certificate when it shall not be verified", async () => {
    const store = await opened(over({ ...mine, caFile: undefined, verify: false }));
    expect(await store.get("axon/none")).toBeUndefined();
  });

  test("is not mistaken for one without", async () => {
    const { error } = await failureOf(() => openZooKeeper({ ...server.address, secure: false }));
    expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
  });

  test("is not asked with a key that is not the certificate's", async () => {
    const tls = { ...mine, keyFile: files.other?.key };
    const { error } = await failureOf(() => openZooKeeper(over(tls)));
    expect(error).toMatchObject({ code: "CERTIFICATE_INVALID" });
  });

  test("names a file that cannot be read", async () => {
    const { error } = await failureOf(() => openZooKeeper(over({ caFile: "/nowhere.pem" })));
    expect(error).toMatchObject({
      code: "FILE_UNREADABLE",
      message: expect.stringContaining("/nowhere.pem"),
    });
  });
});

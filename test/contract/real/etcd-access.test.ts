import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openEtcd } from "../../../src/kv/etcd/etcd.ts";
import { EtcdClient } from "../../../src/kv/etcd/etcd-client.ts";
import { nextEvent } from "../../../src/kv/etcd/etcd-wait.ts";
import type { KvStore } from "../../../src/kv/kv-store.ts";
import type { EtcdAddress } from "../../../src/kv/store-address.ts";
import { Secret } from "../../../src/secret.ts";
import { systemClock } from "../../../src/state/clock.ts";
import { guardedStore } from "../../../src/state/guarded-store.ts";
import { acquireLock } from "../../../src/state/lock.ts";
import { startEtcd, type TestEtcd } from "../../helpers/etcd.ts";
import { addUser, administer } from "../../helpers/etcd-users.ts";
import { failureOf } from "../../helpers/failure-of.ts";
import { promptly } from "../../helpers/waking.ts";
import { describeKvTls } from "../kv-tls.ts";

const LOGIN = { user: "example", password: new Secret("correct-pony") };
const SECRETS = /correct-horse|correct-pony|wrong-battery/;

async function opened(address: EtcdAddress): Promise<KvStore> {
  const store = await openEtcd(address);
  onTestFinished(() => store.close());
  return store;
}

describe("an etcd with users", () => {
  let server: TestEtcd;

  beforeAll(async () => {
    server = await startEtcd();
    await addUser(server, "example", LOGIN);
  });

  afterAll(() => server?.[Symbol.asyncDispose]());

  test("lets a user deploy that may do what docs/store.md says, and nothing else", async () => {
    const store = await opened({ ...server.address, login: LOGIN });
    const lock = await acquireLock(
      store,
      {
        deployment: "example",
        holder: { who: "me", pid: 1, command: "test" },
        wait: "no-wait",
        onWaiting: () => undefined,
        clock: systemClock,
      },
      new AbortController().signal,
    );
    const write = { kind: "put", key: "axon/example/state/a", value: "1" } as const;
    expect(await guardedStore(store, lock).transact([write])).toEqual({ kind: "written" });
    expect(await store.listKeys("axon/example/")).toContain(write.key);
    expect(await lock.release()).toBe(true);
    for (const call of callsAbout(store, "axon/other/a")) {
      const { error } = await failureOf(call);
      expect(error).toMatchObject({ code: "STORE_REFUSED" });
    }
  });

  test("refuses nobody's calls, and says what is missing", async () => {
    const store = await opened(server.address);
    for (const call of callsAbout(store, "axon/example/a")) {
      const { error } = await failureOf(call);
      expect(error).toMatchObject({
        code: "STORE_REFUSED",
        hint: expect.stringContaining("AXON_KV_PASSWORD"),
      });
    }
  });

  test.each([
    { ...LOGIN, password: new Secret("wrong-battery") },
    { ...LOGIN, user: "unknown" },
  ])("refuses a wrong login at once, and shows no password ($user)", async (login) => {
    const { error, milliseconds } = await failureOf(() => openEtcd({ ...server.address, login }));
    expect(error).toMatchObject({
      code: "STORE_REFUSED",
      hint: expect.stringContaining("AXON_KV_PASSWORD"),
    });
    expect(milliseconds).toBeLessThan(3_000);
    expect(inspect(error, { depth: 10 })).not.toMatch(SECRETS);
  });

  test("shows no password to someone who looks into the store", async () => {
    const store = await opened({ ...server.address, login: LOGIN });
    const { error } = await failureOf(() => store.get("axon/other/a"));
    const shown = inspect(error, { depth: 10 }) + inspect(store, { depth: 10 }) + store.description;
    expect(shown).not.toMatch(SECRETS);
  });

  test("is logged into again when it has forgotten who is who", async () => {
    const store = await opened({ ...server.address, login: LOGIN });
    await store.transact([{ kind: "put", key: "axon/example/a", value: "1" }]);
    await server.restart();
    expect(await store.get("axon/example/a")).toMatchObject({ value: "1" });
    const session = await store.openSession({ name: "real", ttlSeconds: 5 });
    const wait = { after: undefined, timeoutMilliseconds: 10_000 };
    for (const call of [
      () => store.get("axon/example/a"),
      () => store.transact([{ kind: "put", key: "axon/example/a", value: "2" }]),
      () => store.waitForChange("axon/example/a", wait),
      () => session.renew(),
    ]) {
      // A new password makes every token worthless, also when it is the old one.
      const { user: name, password } = LOGIN;
      await administer(server, "user/changepw", { name, password: password.reveal() });
      expect(await call()).toBeTruthy();
    }
    await session.end();
  });

  test("answers calls that begin while one of them logs in again", async () => {
    const store = await opened({ ...server.address, login: LOGIN });
    const { user: name, password } = LOGIN;
    await administer(server, "user/changepw", { name, password: password.reveal() });
    const isRenewed = { value: false };
    const first = store.get("axon/example/a").finally(() => {
      isRenewed.value = true;
    });
    // The check of a password takes the server longer than it takes to answer these questions.
    const meanwhile: Promise<unknown>[] = [];
    while (!isRenewed.value && meanwhile.length < 12) {
      meanwhile.push(store.get("axon/example/a"));
      await fetch(`${server.url}/version`);
    }
    await Promise.all([first, ...meanwhile]);
    expect(meanwhile.length).toBeGreaterThan(1);
  });

  test("is logged into again by a wait whose token became worthless after its look", async () => {
    const client = await EtcdClient.open({ ...server.address, login: LOGIN }, undefined);
    onTestFinished(() => client.close());
    const store = await opened({ ...server.address, login: LOGIN });
    const key = "axon/example/late";
    const { user: name, password } = LOGIN;
    await administer(server, "user/changepw", { name, password: password.reveal() });
    const told = nextEvent(client, { key, since: "1", milliseconds: 60_000 }, undefined);
    await store.transact([{ kind: "put", key, value: "1" }]);
    await promptly(told);
  });

  test("refuses a wait for what may not be read, also one that has looked before", async () => {
    const client = await EtcdClient.open({ ...server.address, login: LOGIN }, undefined);
    onTestFinished(() => client.close());
    const watch = { key: "axon/other/a", since: "1", milliseconds: 60_000 };
    const { error, milliseconds } = await failureOf(() => nextEvent(client, watch, undefined));
    expect(error).toMatchObject({
      code: "STORE_REFUSED",
      message: expect.stringContaining("refuses access: permission denied"),
      hint: expect.stringContaining("AXON_KV_PASSWORD"),
    });
    expect(milliseconds).toBeLessThan(3_000);
  });

  test("is not asked for a password where nobody has one", async () => {
    await using open = await startEtcd();
    const store = await opened({ ...open.address, login: LOGIN });
    expect(await store.get("axon/example/a")).toBeUndefined();
  });
});

function callsAbout(store: KvStore, key: string): readonly (() => Promise<unknown>)[] {
  const put = { kind: "put", key, value: "1" } as const;
  return [
    () => store.get(key),
    () => store.list(key),
    () => store.listKeys(key),
    () => store.waitForChange(key, { after: undefined, timeoutMilliseconds: 1_000 }),
    () => store.transact([put]),
    () => store.transact([{ ...put, expected: "absent" }]),
    () => store.transact([{ kind: "delete", key }]),
    () => store.transact([{ kind: "checkSession", key, session: "1" }]),
  ];
}

describeKvTls("an etcd with TLS", {
  hostName: "etcd.test",
  start: (tls) => startEtcd({ tls }),
  open: (server, tls) => openEtcd({ ...server.address, tls }),
  openPlain: (server) => openEtcd({ ...server.address, secure: false }),
  plainSays: "does not answer",
  speaks: async (store) => {
    expect(store.description).toMatch(/^etcds:/);
    const session = await store.openSession({ name: "real", ttlSeconds: 5 });
    const value = "x".repeat(512 * 1024);
    const key = `axon/${crypto.randomUUID()}`;
    await store.transact([{ kind: "acquire", key, value, session: session.id }]);
    expect(await store.get(key)).toMatchObject({ value, session: session.id });
    await session.end();
  },
});

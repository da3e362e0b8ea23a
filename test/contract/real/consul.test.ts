import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openConsul } from "../../../src/kv/consul/consul.ts";
import type { KvStore } from "../../../src/kv/kv-store.ts";
import type { ConsulAddress } from "../../../src/kv/store-address.ts";
import { Secret } from "../../../src/secret.ts";
import { systemClock } from "../../../src/state/clock.ts";
import { guardedStore } from "../../../src/state/guarded-store.ts";
import { acquireLock } from "../../../src/state/lock.ts";
import { startConsul, type TestConsul } from "../../helpers/consul.ts";
import { fallenAsleep, promptly } from "../../helpers/waking.ts";
import { describeKvStore } from "../kv-store.ts";

const MASTER_TOKEN = "0c1fdb6e-3a0e-4f49-a3b5-37a1b3d2a6f1";
const UNKNOWN_TOKEN = "5d6b2f0c-8f4e-4d6a-9c55-2f6f0f6d9a11";
const DENY = `acl { enabled = true, default_policy = "deny", tokens { master = "${MASTER_TOKEN}" } }`;

let consul: TestConsul;

beforeAll(async () => {
  consul = await startConsul('session_ttl_min = "1s"');
});

afterAll(() => consul?.[Symbol.asyncDispose]());

async function open(address: ConsulAddress = consul.address): Promise<KvStore> {
  const store = await openConsul(address);
  onTestFinished(() => store.close());
  return store;
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

async function listening(server: Server): Promise<ConsulAddress> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { kind: "consul", host: "127.0.0.1", port, secure: false };
}

describeKvStore("Consul", () => openConsul(consul.address), {
  server: { restart: () => consul.restart() },
});

describe("Consul", () => {
  test("is described by its address", async () => {
    const store = await open({ ...consul.address, token: undefined });
    expect(store.description).toBe(`consul://127.0.0.1:${consul.address.port}`);
  });

  test("lets one of two deployers win that expect the same revision", async () => {
    const [one, two] = [await open(), await open()];
    const key = "real/race";
    await one.transact([{ kind: "put", key, value: "0" }]);
    const expected = (await one.get(key))?.revision;
    const outcomes = await Promise.all(
      [one, two].map((store) => store.transact([{ kind: "put", key, value: "1", expected }])),
    );
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["conflict", "written"]);
  });

  test("is seen by others as the text that was written", async () => {
    const store = await open();
    await store.transact([{ kind: "put", key: "real/text", value: "grün" }]);
    const response = await fetch(`${consul.url}/v1/kv/real/text?raw`);
    expect(await response.text()).toBe("grün");
  });

  test("ends a call at once when the signal aborts", async () => {
    const address = await listening(createTcpServer(() => undefined));
    const { error } = await failure(() => openConsul(address, AbortSignal.timeout(50)));
    expect(error).toMatchObject({ name: "TimeoutError" });
  });
});

describe("a Consul that goes away", () => {
  test("keeps its data over a restart, and the open client finds it again", async () => {
    await using server = await startConsul();
    const store = await open(server.address);
    await store.transact([{ kind: "put", key: "real/kept", value: "1" }]);
    await server.restart();
    expect(await store.get("real/kept")).toMatchObject({ value: "1" });
    expect(await store.transact([{ kind: "put", key: "real/kept", value: "2" }])).toEqual({
      kind: "written",
    });
  });

  test("is told within 3 s when it was stopped, to open clients and new ones", async () => {
    await using server = await startConsul();
    const store = await open(server.address);
    await server.stop();
    for (const attempt of [() => store.list("real/"), () => openConsul(server.address)]) {
      const { error, milliseconds } = await failure(attempt);
      expect(error).toMatchObject({
        code: "STORE_UNREACHABLE",
        message: expect.stringContaining(String(server.address.port)),
      });
      expect(milliseconds).toBeLessThan(3_000);
    }
  });

  test("is told within 3 s when it takes connections but does not answer", async () => {
    await using server = await startConsul();
    await server.pause();
    const { error, milliseconds } = await failure(() => openConsul(server.address));
    await server.unpause();
    expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
    expect(milliseconds).toBeLessThan(3_000);
  });

  test("is told to whoever waits when it falls silent, and when it is stopped", async () => {
    await using server = await startConsul();
    const store = await open(server.address);
    const key = "real/never";
    for (const [leave, limit, timeoutMilliseconds] of [
      [() => server.pause(), 15_000, 3_000],
      [() => server.stop(), 10_000, 60_000],
    ] as const) {
      const { woken } = await fallenAsleep(store, key, { after: undefined, timeoutMilliseconds });
      await leave();
      const { error, milliseconds } = await failure(() => woken);
      expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
      expect(milliseconds).toBeLessThan(limit);
      await server.unpause().catch(() => undefined);
    }
  });
});

describe("a Consul that is put back to a backup", () => {
  test("wakes up whoever waits, and answers at once who has seen what is there no more", async () => {
    await using server = await startConsul();
    const store = await open(server.address);
    const key = "real/restored";
    await store.transact([{ kind: "put", key, value: "old" }]);
    const backup = await (await fetch(`${server.url}/v1/snapshot`)).arrayBuffer();
    await store.transact([{ kind: "put", key, value: "new" }]);
    const after = (await store.get(key))?.revision;
    const wait = { after, timeoutMilliseconds: 60_000 };
    const { woken } = await fallenAsleep(store, key, wait);
    const restored = await fetch(`${server.url}/v1/snapshot`, { method: "PUT", body: backup });
    expect([restored.status, await restored.text()]).toEqual([200, ""]);
    expect(await promptly(woken)).toMatchObject({ value: "old" });
    expect(await promptly(store.waitForChange(key, wait))).toMatchObject({ value: "old" });
    const now = { ...wait, after: (await store.get(key))?.revision };
    const { woken: later } = await fallenAsleep(store, key, now);
    await store.transact([{ kind: "put", key, value: "newer" }]);
    expect(await promptly(later)).toMatchObject({ value: "newer" });
  });
});

describe("what is not Consul", () => {
  test.each<[string, RequestListener]>([
    ["a page", (_, response) => response.setHeader("content-type", "text/html").end("<html>")],
    ["plain text", (_, response) => response.setHeader("content-type", "text/plain").end("hi")],
    [
      "other JSON",
      (_, response) => response.setHeader("content-type", "application/json").end("{}"),
    ],
    ["not found", (_, response) => response.writeHead(404).end()],
    ["a redirect", (_, response) => response.writeHead(301, { location: "/login" }).end()],
    [
      "broken JSON",
      (_, response) => response.setHeader("content-type", "application/json").end("{"),
    ],
  ])("is told so when a web server answers with %s", async (_, answer) => {
    const address = await listening(createServer(answer));
    const { error } = await failure(() => openConsul(address));
    expect(error).toMatchObject({
      code: "STORE_UNREACHABLE",
      message: expect.stringContaining("is not Consul"),
    });
  });

  test("is told when it does not speak HTTP at all", async () => {
    const address = await listening(createTcpServer((socket) => socket.end("SSH-2.0-x\r\n")));
    const { error } = await failure(() => openConsul(address));
    expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
  });

  test("is told when it does not speak TLS", async () => {
    const { error } = await failure(() => openConsul({ ...consul.address, secure: true }));
    expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
  });

  test("is told when it has no leader", async () => {
    const address = await listening(
      createServer((_, response) =>
        response.setHeader("content-type", "application/json").end('""'),
      ),
    );
    const { error } = await failure(() => openConsul(address));
    expect(error).toMatchObject({
      code: "STORE_UNREACHABLE",
      message: expect.stringContaining("no leader"),
    });
  });
});

describe("a Consul that asks for a token", () => {
  let guarded: TestConsul;

  beforeAll(async () => {
    guarded = await startConsul(DENY);
  });

  afterAll(() => guarded?.[Symbol.asyncDispose]());

  test.each([
    ["no token", undefined],
    ["an unknown token", new Secret(UNKNOWN_TOKEN)],
  ])("refuses %s in every call", async (_, token) => {
    const store = await open({ ...guarded.address, token });
    const writes = ["a", "b"].map((key) => ({ kind: "put" as const, key, value: "1" }));
    const calls = [
      () => store.get("real/a"),
      () => store.list("real/"),
      () => store.listKeys("real/"),
      () => store.waitForChange("real/a", { after: undefined, timeoutMilliseconds: 1_000 }),
      () => store.openSession({ name: "real", ttlSeconds: 10 }),
      () => store.transact(writes),
      () => store.transact(writes.slice(0, 1)),
      () => store.transact(writes.map((write) => ({ ...write, expected: "absent" as const }))),
    ];
    for (const call of calls) {
      const { error } = await failure(call);
      expect(error).toMatchObject({
        code: "STORE_REFUSED",
        hint: expect.stringContaining("AXON_KV_TOKEN"),
      });
    }
  });

  test("shows the token nowhere, not even to someone who looks into the error", async () => {
    const { inspect } = await import("node:util");
    const store = await open({ ...guarded.address, token: new Secret(UNKNOWN_TOKEN) });
    const { error } = await failure(() => store.get("real/a"));
    expect(inspect(error, { depth: 10 })).not.toContain(UNKNOWN_TOKEN);
    expect(inspect(store, { depth: 2 }) + store.description).not.toContain(UNKNOWN_TOKEN);
  });

  test("takes the right one", async () => {
    const store = await open({ ...guarded.address, token: new Secret(MASTER_TOKEN) });
    await store.transact([{ kind: "put", key: "real/a", value: "1" }]);
    expect(await store.list("real/")).toMatchObject([{ key: "real/a", value: "1" }]);
  });

  test("lets a token deploy that may do what docs/store.md says, and nothing else", async () => {
    const token = await createToken(guarded, await documentedPolicy());
    const store = await open({ ...guarded.address, token });
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
    const elsewhere = { ...write, key: "axon/other/a" };
    const { error } = await failure(() => store.transact([elsewhere]));
    expect(error).toMatchObject({ code: "STORE_REFUSED" });
  });
});

async function documentedPolicy(): Promise<string> {
  const policy = /```hcl\n([^`]*)```/.exec(await readFile("docs/store.md", "utf8"))?.[1];
  if (policy === undefined) throw new Error("docs/store.md shows no policy");
  return policy;
}

async function createToken({ url }: TestConsul, rules: string): Promise<Secret> {
  const send = async (path: string, body: object) => {
    const response = await fetch(`${url}/v1/acl/${path}`, {
      method: "PUT",
      headers: { "x-consul-token": MASTER_TOKEN },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as { readonly SecretID: string };
  };
  await send("policy", { Name: "documented", Rules: rules });
  return new Secret((await send("token", { Policies: [{ Name: "documented" }] })).SecretID);
}

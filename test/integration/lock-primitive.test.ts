import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { KvStore } from "../../src/kv/kv-store.ts";
import { openKvStore } from "../../src/kv/open-kv-store.ts";
import type { StoreAddress } from "../../src/kv/store-address.ts";
import type { LockHolder } from "../../src/live.ts";
import { systemClock } from "../../src/state/clock.ts";
import { guardedStore } from "../../src/state/guarded-store.ts";
import { acquireLock, forceUnlock, type LockOptions, readLock } from "../../src/state/lock.ts";
import { readRevision } from "../../src/state/revisions.ts";
import { writeRevision } from "../../src/state/write-revision.ts";
import { model, service } from "../helpers/build.ts";
import { startConsul } from "../helpers/consul.ts";
import { startEtcd } from "../helpers/etcd.ts";
import type { LockTask } from "../helpers/lock-process.ts";
import { type LockProcesses, openLockProcesses } from "../helpers/start-lock-process.ts";
import { startZooKeeper } from "../helpers/zookeeper.ts";

interface Server extends AsyncDisposable {
  readonly address: StoreAddress;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** With sessions shorter than usual, so that nobody has to wait for half a minute. */
const KINDS: readonly { readonly name: string; start(): Promise<Server> }[] = [
  { name: "Consul", start: () => startConsul('session_ttl_min = "1s"') },
  { name: "etcd", start: () => startEtcd() },
  { name: "ZooKeeper", start: () => startZooKeeper() },
];
const FOREVER = 1_000_000;

let processes: LockProcesses;

beforeAll(async () => {
  processes = await openLockProcesses();
});

afterAll(() => processes?.[Symbol.dispose]());

async function world({ address }: Server) {
  const store = await openKvStore(address, new AbortController().signal);
  onTestFinished(() => store.close());
  const deployment = `t${randomUUID()}`;
  const lock = (options: Partial<LockOptions> = {}) =>
    acquireLock(
      store,
      {
        deployment,
        holder: { who: "test@here", pid: process.pid, command: "test" },
        wait: { timeoutMilliseconds: 30_000 },
        onWaiting: () => undefined,
        clock: systemClock,
        ...options,
      },
      new AbortController().signal,
    );
  const start = (task: Partial<LockTask> = {}) =>
    processes.start({
      address,
      deployment,
      ttlSeconds: 2,
      times: FOREVER,
      hasClock: true,
      ...task,
    });
  return { store, deployment, lock, start, count: () => countOf(store, deployment) };
}

async function countOf(store: KvStore, deployment: string): Promise<number> {
  return Number((await store.get(`axon/${deployment}/count`))?.value ?? 0);
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const isWaiting = (line: string) => line.startsWith("waiting ");

describe.each(KINDS)("the lock in $name", ({ start: startServer }) => {
  let server: Server;

  beforeAll(async () => {
    server = await startServer();
  });

  afterAll(() => server?.[Symbol.asyncDispose]());

  test("lets five processes in one after another, and each names whom it waits for", async () => {
    const { lock, start, count } = await world(server);
    const first = await lock();
    const five = [...Array(5)].map(() => start({ times: 5 }));
    await Promise.all(five.map(({ said }) => said(`waiting ${process.pid}`)));
    await first.release();
    expect(await Promise.all(five.map(({ exited }) => exited))).toEqual([0, 0, 0, 0, 0]);
    expect(await count()).toBe(25);
    const holders = [process.pid, ...five.map(({ pid }) => pid)];
    for (const line of five.flatMap(({ lines }) => lines).filter(isWaiting)) {
      expect(holders).toContain(Number(line.split(" ")[1]));
    }
    const fences = five.map(({ lines }) => lines.find((line) => line.startsWith("held ")));
    expect(fences.toSorted()).toEqual(["held 2", "held 3", "held 4", "held 5", "held 6"]);
  });

  test("passes on at once when it is released", async () => {
    const { lock } = await world(server);
    const first = await lock();
    const passed = lock();
    await first.release();
    expect(await milliseconds(() => passed)).toBeLessThan(1_000);
  });

  test("of a killed holder is free within twice its time to live", async () => {
    const { start, lock } = await world(server);
    const holder = start({ ttlSeconds: 1 });
    await holder.said("held");
    holder.kill("SIGKILL");
    const waitedFor: LockHolder[] = [];
    const took = await milliseconds(async () => {
      const next = await lock({ onWaiting: (seen) => waitedFor.push(seen) });
      expect(next.fence).toBe(2);
      await next.release();
    });
    expect(waitedFor.map(({ pid }) => pid)).toEqual([holder.pid]);
    expect(took).toBeLessThan(2_000 + 1_000);
  });

  test.each([
    ["its own clock", true],
    ["the store alone", false],
  ])("is lost by a process that was frozen; %s tells it, and it writes nothing", async (...row) => {
    const [, hasClock] = row;
    const { start, lock, count } = await world(server);
    const frozen = start({ ttlSeconds: 1, hasClock });
    await frozen.said("held");
    await expect.poll(count).toBeGreaterThan(3);
    frozen.kill("SIGSTOP");
    const next = await lock();
    const before = await count();
    frozen.kill("SIGCONT");
    expect(await frozen.exited).toBe(9);
    expect(frozen.lines.at(-1)).toBe("LOCK_LOST");
    expect(await count()).toBe(before);
    expect(next.isHeld()).toBe(true);
    await next.release();
  });

  test("that somebody takes away stops the holder's writes", async () => {
    const { store, deployment, start, count } = await world(server);
    const holder = start();
    await holder.said("held");
    const seen = await readLock(store, deployment);
    if (!seen) throw new Error("nobody has it");
    expect(seen.holder).toMatchObject({ who: "test@process", pid: holder.pid });
    expect(await forceUnlock(store, deployment, seen)).toBe(true);
    const before = await count();
    expect(await holder.exited).toBe(9);
    expect(await count()).toBe(before);
  });
  test("a revision of several values is written under the lock and read back", async () => {
    const { store, deployment, lock } = await world(server);
    const held = await lock();
    const env = Object.fromEntries([...Array(40)].map(() => [randomUUID(), long()]));
    const wanted = model({ services: [service("web", { container: { env } })] });
    const number = await writeRevision(guardedStore(store, held), {
      deployment,
      model: wanted,
      config: {},
      facts: {
        at: "2026-01-02T03:04:05.000Z",
        who: "test@here",
        command: "test",
        durationMilliseconds: 1,
        outcome: "complete",
        axonVersion: "0.1.0",
        summary: {},
      },
      random: () => randomUUID(),
    });
    const found = await readRevision(store, { deployment, number });
    expect(found.model).toEqual(wanted);
    expect(found.record.model.chunks).toBeGreaterThan(2);
    await held.release();
  });

  test("is taken from nobody by a restart of the store", async () => {
    const { lock, store, deployment } = await world(server);
    const held = await lock({ ttlSeconds: 15 });
    await server.restart();
    const guarded = guardedStore(store, held);
    const write = { kind: "put", key: `axon/${deployment}/x`, value: "1" } as const;
    expect(await guarded.transact([write])).toEqual({ kind: "written" });
    await expect(lock({ wait: "no-wait" })).rejects.toMatchObject({ code: "LOCK_HELD" });
    expect(await held.release()).toBe(true);
  });

  test("is lost within its time to live when the store is gone for good", async () => {
    await using gone = await startServer();
    const { lock, store, deployment } = await world(gone);
    const held = await lock({ ttlSeconds: 3 });
    await gone.stop();
    const keepAlive = setInterval(() => undefined, 1_000);
    const took = await milliseconds(
      () => new Promise((resolve) => held.lost.addEventListener("abort", resolve)),
    );
    clearInterval(keepAlive);
    expect(took).toBeLessThan(3_500);
    const write = { kind: "put", key: `axon/${deployment}/x`, value: "1" } as const;
    await expect(guardedStore(store, held).transact([write])).rejects.toMatchObject({
      code: "LOCK_LOST",
    });
    expect(await held.release()).toBe(false);
  });
});

function long(): string {
  return [...Array(600)].map(() => randomUUID()).join();
}

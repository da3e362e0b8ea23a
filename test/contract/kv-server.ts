import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import type { KvStore } from "../../src/kv/kv-store.ts";
import { fallenAsleep, promptly } from "../helpers/waking.ts";

/** What a server is that several clients share. */
export interface KvServer {
  /** Resolves when it answers again; what was written is kept. */
  restart(): Promise<void>;
}

type Open = () => Promise<KvStore>;

/** Longer than a restart takes. */
const TTL_SECONDS = 30;
const LONG_MILLISECONDS = 30_000;

/** What several clients of one server are promised, and those of a server that is restarted. */
export function describeKvServer(open: Open, server: KvServer): void {
  describeClients(open);
  describeRestarts(open, server);
}

async function world(open: Open) {
  const client = async () => {
    const store = await open();
    onTestFinished(() => store.close());
    return store;
  };
  const [store, other] = [await client(), await client()];
  return { store, other, key: `contract/${randomUUID()}/key` };
}

function describeClients(open: Open): void {
  test("shows each client what another has written before", async () => {
    const { store, other, key } = await world(open);
    for (const value of [...Array(30).keys()].map(String)) {
      await store.transact([{ kind: "put", key, value }]);
      expect(await other.get(key)).toMatchObject({ value });
      expect(await other.list(key)).toMatchObject([{ value }]);
    }
  });

  test("lets one of two clients win that expect the same revision", async () => {
    const { store, other, key } = await world(open);
    await store.transact([{ kind: "put", key, value: "0" }]);
    for (let round = 0; round < 10; round += 1) {
      const expected = (await store.get(key))?.revision;
      const outcomes = await Promise.all(
        [store, other].map((one, index) =>
          // A store may take a write of what is there already for none.
          one.transact([{ kind: "put", key, value: `${round} ${index}`, expected }]),
        ),
      );
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["conflict", "written"]);
    }
  });

  test("wakes up a client that waits when another writes", async () => {
    const { store, other, key } = await world(open);
    const wait = { after: undefined, timeoutMilliseconds: LONG_MILLISECONDS };
    const { woken } = await fallenAsleep(store, key, wait);
    await other.transact([{ kind: "put", key, value: "1" }]);
    expect(await promptly(woken)).toMatchObject({ value: "1" });
  });

  test("gives a lock to one of many clients, and to the next when its client lets go", async () => {
    const { store, other, key } = await world(open);
    let waiting = await Promise.all(
      [store, other, store, other].map(async (client) => ({
        client,
        session: await client.openSession({ name: "contract", ttlSeconds: TTL_SECONDS }),
      })),
    );
    for (let lockIndex = 1; waiting.length > 0; lockIndex += 1) {
      const outcomes = await Promise.all(
        waiting.map(({ client, session: { id } }) =>
          client.transact([{ kind: "acquire", key, value: "", session: id }]),
        ),
      );
      expect(outcomes.filter(({ kind }) => kind === "written")).toHaveLength(1);
      const entry = await store.get(key);
      const holder = waiting.find(({ session }) => session.id === entry?.session);
      expect([holder !== undefined, entry?.lockIndex]).toEqual([true, lockIndex]);
      await holder?.session.end();
      waiting = waiting.filter((one) => one !== holder);
    }
  });
}

function describeRestarts(open: Open, { restart }: KvServer): void {
  test("keeps what was written over a restart, and open clients find it again", async () => {
    const { store, other, key } = await world(open);
    await store.transact([{ kind: "put", key, value: "1" }]);
    const before = await store.get(key);
    await restart();
    expect(await store.get(key)).toEqual(before);
    const write = { kind: "put", key, value: "2", expected: before?.revision } as const;
    expect(await other.transact([write])).toEqual({ kind: "written" });
    expect(await store.list(key)).toMatchObject([{ value: "2" }]);
  });

  test("keeps a lock over a restart for a holder that renews it", async () => {
    const { store, other, key } = await world(open);
    const session = await store.openSession({ name: "contract", ttlSeconds: TTL_SECONDS });
    onTestFinished(() => session.end());
    const acquire = { kind: "acquire", key, value: "me", session: session.id } as const;
    await store.transact([acquire]);
    await restart();
    expect(await session.renew()).toBe(true);
    expect(await other.get(key)).toMatchObject({ session: session.id, lockIndex: 1 });
    const check = { kind: "checkSession", key, session: session.id } as const;
    expect(await store.transact([check])).toEqual({ kind: "written" });
  });

  test("tells whoever waits of a change after a restart, when it is asked again", async () => {
    const { store, other, key } = await world(open);
    const wait = { after: undefined, timeoutMilliseconds: LONG_MILLISECONDS };
    const restarted = restart();
    const woken = store.waitForChange(key, wait).catch(async (error: unknown) => {
      // A wait may end with its connection.
      expect(error).toMatchObject({ code: "STORE_UNREACHABLE" });
      await restarted;
      return await store.waitForChange(key, wait);
    });
    await restarted;
    await other.transact([{ kind: "put", key, value: "1" }]);
    expect(await promptly(woken)).toMatchObject({ value: "1" });
  });
}

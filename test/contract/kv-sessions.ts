import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import type { KvEntry, KvSession, KvStore, KvWrite } from "../../src/kv/kv-store.ts";
import { fallenAsleep, promptly } from "../helpers/waking.ts";

/** Nobody renews it, however slow the machine is. */
const TTL_SECONDS = 30;
/** For what is about its end; a real store takes that time. */
const BRIEF_TTL_SECONDS = 2;
/** A store may take twice the time to live, and a moment to tell. */
const EXPIRED_MILLISECONDS = 2 * BRIEF_TTL_SECONDS * 1000 + 500;
const RENEWED_TTL_SECONDS = 4;
/** Leaves a machine that stands still more than a second to renew it. */
const RENEWAL_MILLISECONDS = 2_700;
const LONG_MILLISECONDS = 30_000;
const SHORT_MILLISECONDS = 300;

type Open = () => Promise<KvStore>;

/** Locks, the sessions that hold them, and waiting for them. Called by the suite of all stores. */
export function describeKvSessions(
  open: Open,
  passTime: (milliseconds: number) => Promise<void>,
): void {
  describeLocks(open);
  describeExpiry(open, passTime);
  describeWaiting(open, passTime);
}

async function world(open: Open) {
  const store = await open();
  onTestFinished(() => store.close());
  const key = `contract/${randomUUID()}/lock`;
  const openSession = async (ttlSeconds = TTL_SECONDS): Promise<KvSession> => {
    const session = await store.openSession({ name: "contract", ttlSeconds });
    onTestFinished(() => session.end().catch(() => undefined));
    return session;
  };
  const acquire = ({ id }: KvSession, value = "") =>
    store.transact([{ kind: "acquire", key, value, session: id }]);
  const held = async (value = "", ttlSeconds?: number) => {
    const session = await openSession(ttlSeconds);
    expect(await acquire(session, value)).toEqual({ kind: "written" });
    return { session, entry: await entryOf(store, key) };
  };
  return { store, key, conflict: { kind: "conflict", keys: [key] }, openSession, acquire, held };
}

async function entryOf(store: KvStore, key: string): Promise<KvEntry> {
  const entry = await store.get(key);
  if (!entry) throw new Error(`${key} is not there`);
  return entry;
}

function check(key: string, { id }: KvSession): KvWrite {
  return { kind: "checkSession", key, session: id };
}

function release(key: string, { id }: KvSession): KvWrite {
  return { kind: "release", key, session: id };
}

function describeLocks(open: Open): void {
  test("lets a session take a key, and tells by get and list who has it", async () => {
    const { store, key, held } = await world(open);
    const { session, entry } = await held("me");
    expect(entry).toMatchObject({ value: "me", session: session.id, lockIndex: 1 });
    expect(await store.list(key)).toEqual([entry]);
  });

  test("tells of a key that was only put that nobody has it", async () => {
    const { store, key } = await world(open);
    await store.transact([{ kind: "put", key, value: "1" }]);
    const entry = await entryOf(store, key);
    expect([entry.session, entry.lockIndex]).toEqual([undefined, 0]);
  });

  test("gives a key to one session only", async () => {
    const { store, key, conflict, openSession, acquire, held } = await world(open);
    const { entry } = await held("first");
    expect(await acquire(await openSession(), "second")).toEqual(conflict);
    expect(await entryOf(store, key)).toEqual(entry);
  });

  test("gives a key to one of two that ask at once", async () => {
    const { openSession, acquire } = await world(open);
    const sessions = [await openSession(), await openSession()];
    const outcomes = await Promise.all(sessions.map((session) => acquire(session)));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["conflict", "written"]);
  });

  test("lets the holder write a new value, under the same lock index", async () => {
    const { store, key, acquire, held } = await world(open);
    const { session } = await held("1");
    expect(await acquire(session, "2")).toEqual({ kind: "written" });
    expect(await entryOf(store, key)).toMatchObject({ value: "2", lockIndex: 1 });
  });

  test("keeps a lock when its key is put over", async () => {
    const { store, key, held } = await world(open);
    const { session } = await held("1");
    await store.transact([{ kind: "put", key, value: "2" }]);
    expect(await entryOf(store, key)).toMatchObject({ value: "2", session: session.id });
  });

  test("releases a lock and leaves its key, empty and with its lock index", async () => {
    const { store, key, held } = await world(open);
    const { session } = await held("me");
    expect(await store.transact([release(key, session)])).toEqual({ kind: "written" });
    const entry = await entryOf(store, key);
    expect([entry.value, entry.session, entry.lockIndex]).toEqual(["", undefined, 1]);
  });

  test("raises the lock index with each new holder", async () => {
    const { store, key, held } = await world(open);
    for (const lockIndex of [1, 2, 3]) {
      const { session, entry } = await held();
      expect(entry.lockIndex).toBe(lockIndex);
      if (lockIndex % 2 === 0) await session.end();
      else await store.transact([release(key, session)]);
    }
  });

  test("takes each turn of a lock as a change of its key", async () => {
    const { store, key, conflict, openSession, acquire } = await world(open);
    await store.transact([{ kind: "put", key, value: "1" }]);
    const session = await openSession();
    const turns = [
      () => acquire(session, "1"),
      () => acquire(session, "2"),
      () => session.end(),
      async () => acquire(await openSession(), "2"),
    ];
    for (const turn of turns) {
      const { revision } = await entryOf(store, key);
      await turn();
      expect((await entryOf(store, key)).revision).not.toBe(revision);
      const late: KvWrite = { kind: "put", key, value: "late", expected: revision };
      expect(await store.transact([late])).toEqual(conflict);
    }
    const { revision, session: holder } = await entryOf(store, key);
    const now: KvWrite = { kind: "put", key, value: "now", expected: revision };
    expect(await store.transact([now])).toEqual({ kind: "written" });
    expect(await entryOf(store, key)).toMatchObject({ value: "now", session: holder });
  });

  test("forgets a lock with its key", async () => {
    const { store, key, conflict, held } = await world(open);
    const { session } = await held("first");
    await store.transact([{ kind: "delete", key }]);
    expect(await store.transact([release(key, session)])).toEqual(conflict);
    const { entry } = await held("second");
    expect(entry).toMatchObject({ value: "second", lockIndex: 1 });
    expect(await store.transact([check(key, session)])).toEqual(conflict);
  });

  test("leaves alone what is next to a lock, and tells of nothing else", async () => {
    const { store, key, held } = await world(open);
    const besides = [..."&,-./09=?AZ_az"].map((end) => key + end);
    await store.transact(besides.map((beside) => ({ kind: "put", key: beside, value: beside })));
    const before = await store.list(key);
    const { session, entry } = await held();
    expect(await store.list(key)).toEqual([entry, ...before]);
    expect(await store.listKeys(key)).toEqual([key, ...besides.toSorted()]);
    await store.transact([release(key, session)]);
    await store.transact([{ kind: "delete", key }]);
    expect(await store.list(key)).toEqual(before);
  });

  test("keeps what is written near the limit under a check", async () => {
    const { store, key, held } = await world(open);
    const { session } = await held();
    const write: KvWrite = { kind: "put", key: `${key}-data`, value: "x".repeat(359 * 1024) };
    expect(await store.transact([check(key, session), write])).toEqual({ kind: "written" });
    expect((await entryOf(store, write.key)).value).toBe(write.value);
  });

  test("lets only the holder release", async () => {
    const { store, key, conflict, openSession, held } = await world(open);
    const { session } = await held();
    expect(await store.transact([release(key, await openSession())])).toEqual(conflict);
    expect(await store.transact([release(key, session)])).toEqual({ kind: "written" });
    expect(await store.transact([release(key, session)])).toEqual(conflict);
  });

  test("frees the locks of a session that ends, with their values", async () => {
    const { store, key, held } = await world(open);
    const { session } = await held("me");
    await session.end();
    await session.end();
    expect(await entryOf(store, key)).toMatchObject({ value: "me", lockIndex: 1 });
    expect((await entryOf(store, key)).session).toBeUndefined();
    expect(await session.renew()).toBe(false);
  });

  test("gives nothing to a session that has ended", async () => {
    const { store, key, conflict, openSession, acquire } = await world(open);
    const session = await openSession();
    await session.end();
    expect(await acquire(session)).toEqual(conflict);
    expect(await store.get(key)).toBeUndefined();
  });

  test("writes under a check while the session has the lock", async () => {
    const { store, key, held } = await world(open);
    const { session, entry } = await held("me");
    const write: KvWrite = { kind: "put", key: `${key}-data`, value: "1" };
    expect(await store.transact([check(key, session), write])).toEqual({ kind: "written" });
    expect(await store.transact([check(key, session)])).toEqual({ kind: "written" });
    expect((await entryOf(store, write.key)).value).toBe("1");
    expect(await entryOf(store, key)).toEqual(entry);
  });

  test.each(["ended", "released", "deleted", "another's"])(
    "refuses a whole transaction when the lock that it checks is %s",
    async (state) => {
      const { store, key, conflict, openSession, held } = await world(open);
      const { session } = await held();
      const other = await openSession();
      if (state === "ended") await session.end();
      if (state === "released") await store.transact([release(key, session)]);
      if (state === "deleted") await store.transact([{ kind: "delete", key }]);
      const checked = check(key, state === "another's" ? other : session);
      const writes: KvWrite[] = [
        { kind: "put", key: `${key}-put`, value: "1" },
        { kind: "deleteTree", prefix: key },
      ];
      const before = await store.list(key);
      expect(await store.transact([checked, ...writes])).toEqual(conflict);
      expect(await store.transact([checked])).toEqual(conflict);
      expect(await store.list(key)).toEqual(before);
    },
  );
}

function describeExpiry(open: Open, passTime: (milliseconds: number) => Promise<void>): void {
  test("keeps a session for its time to live, and longer while it is renewed", async () => {
    const { store, key, held } = await world(open);
    const { session } = await held("", RENEWED_TTL_SECONDS);
    // Together more than twice its time to live.
    for (let round = 0; round < 3; round += 1) {
      await passTime(RENEWAL_MILLISECONDS);
      expect(await session.renew()).toBe(true);
    }
    expect(await store.transact([check(key, session)])).toEqual({ kind: "written" });
  });

  test("frees a lock within twice the time to live of the last renewal", async () => {
    const { store, key, conflict, held } = await world(open);
    const { session } = await held("me", BRIEF_TTL_SECONDS);
    await session.renew();
    await passTime(EXPIRED_MILLISECONDS);
    expect(await store.transact([check(key, session)])).toEqual(conflict);
    expect(await session.renew()).toBe(false);
    const { entry } = await held("next");
    expect(entry).toMatchObject({ value: "next", lockIndex: 2 });
  });
}

function describeWaiting(open: Open, passTime: (milliseconds: number) => Promise<void>): void {
  const long = { timeoutMilliseconds: LONG_MILLISECONDS };
  const short = { timeoutMilliseconds: SHORT_MILLISECONDS };

  test("answers a wait at once when the key is not as it was seen", async () => {
    const { store, key } = await world(open);
    await store.transact([{ kind: "put", key, value: "1" }]);
    const first = await entryOf(store, key);
    const wait = (after: KvEntry["revision"] | undefined) =>
      promptly(store.waitForChange(key, { ...long, after }));
    expect(await wait(undefined)).toEqual(first);
    await store.transact([{ kind: "put", key, value: "2" }]);
    expect(await wait(first.revision)).toMatchObject({ value: "2" });
    await store.transact([{ kind: "delete", key }]);
    expect(await wait(first.revision)).toBeUndefined();
  });

  test.each<[string, (key: string, session: KvSession) => KvWrite]>([
    ["written", (key) => ({ kind: "put", key, value: "new" })],
    ["deleted", (key) => ({ kind: "delete", key })],
    ["deleted with its tree", (key) => ({ kind: "deleteTree", prefix: key })],
    ["released", (key, session) => release(key, session)],
  ])("wakes up a wait when the key is %s", async (_, change) => {
    const { store, key, held } = await world(open);
    const { session, entry } = await held("old");
    const { woken } = await fallenAsleep(store, key, { ...long, after: entry.revision });
    await store.transact([change(key, session)]);
    expect(await promptly(woken)).toEqual(await store.get(key));
  });

  test("wakes up a wait when the session that has the lock ends", async () => {
    const { store, key, held } = await world(open);
    const { session, entry } = await held("old");
    const { woken } = await fallenAsleep(store, key, { ...long, after: entry.revision });
    await session.end();
    expect((await promptly(woken))?.session).toBeUndefined();
  });

  test("wakes up a wait when the session that has the lock expires", async () => {
    const { store, key, held } = await world(open);
    const { entry } = await held("old", BRIEF_TTL_SECONDS);
    const { woken } = await fallenAsleep(store, key, { ...long, after: entry.revision });
    await passTime(EXPIRED_MILLISECONDS);
    expect((await promptly(woken))?.session).toBeUndefined();
  });

  test("waits for what is not there yet, whatever happens beside it", async () => {
    const { store, key } = await world(open);
    const { woken } = await fallenAsleep(store, key, { ...long, after: undefined });
    await store.transact([{ kind: "put", key: `${key}-beside`, value: "1" }]);
    await store.transact([{ kind: "put", key: `${key}/below`, value: "1" }]);
    await store.transact([{ kind: "put", key, value: "it" }]);
    expect(await promptly(woken)).toMatchObject({ key, value: "it" });
  });

  test.each([true, false])("answers what is there when the time is over (%s)", async (isThere) => {
    const { store, key, held } = await world(open);
    const entry = isThere ? (await held()).entry : undefined;
    const ended = store.waitForChange(key, { ...short, after: entry?.revision });
    await passTime(SHORT_MILLISECONDS);
    expect(await ended).toEqual(entry);
  });

  test("ends a wait at once when the signal aborts", async () => {
    const { store, key } = await world(open);
    const controller = new AbortController();
    const wait = { ...long, after: undefined };
    const ended = expect(store.waitForChange(key, wait, controller.signal)).rejects.toThrow("stop");
    controller.abort(new Error("stop"));
    await ended;
    await expect(store.waitForChange(key, wait, controller.signal)).rejects.toThrow("stop");
  });

  test("wakes up many waits", async () => {
    const { store, key, held } = await world(open);
    const { session, entry } = await held("old");
    const waits = [...Array(20)].map(() =>
      store.waitForChange(key, { ...long, after: entry.revision }),
    );
    await store.transact([release(key, session)]);
    const seen = await promptly(Promise.all(waits));
    expect(new Set(seen.map((found) => found?.revision)).size).toBe(1);
  });
}

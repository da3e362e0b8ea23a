import { keyOf } from "../kv-limits.ts";
import type { KvWrite, TransactOutcome } from "../kv-store.ts";
import type { EtcdClient } from "./etcd-client.ts";
import { comparesOf, type ExpectingWrite, expectsSomething, holds } from "./etcd-compares.ts";
import { type KeyState, readsOf, statesIn } from "./etcd-entries.ts";
import { isLeaseGone, refused } from "./etcd-errors.ts";
import { TXN, type TxnRequest } from "./etcd-messages.ts";
import { operationsOf } from "./etcd-operations.ts";
import { isSessionAlive } from "./etcd-session.ts";

/** Each failure but the first means that somebody else has written meanwhile. */
const MOST_ATTEMPTS = 20;

/**
 * All of the writes, or none when an expectation does not hold. etcd compares what is there with one value,
 * and says no more than that something differs. So what is there is read in the same request, and where it
 * suits the expectations all the same (a key that is gone is as good as deleted), it is what the next
 * attempt compares with.
 */
export async function runTransaction(
  client: EtcdClient,
  writes: readonly KvWrite[],
  signal: AbortSignal | undefined,
): Promise<TransactOutcome> {
  const expecting = writes.filter(expectsSomething);
  const keys = [...new Set(expecting.map(keyOf))];
  const reads = keys.flatMap(readsOf);
  let seen = await firstLook(client, expecting, signal);
  const hopeless = seen && conflictIn(expecting, seen);
  if (hopeless) return hopeless;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const request = {
      compare: expecting.flatMap((write) => comparesOf(write, seen?.get(write.key))),
      success: operationsOf(writes, seen),
      failure: reads,
    };
    const answer = await send(client, request, signal);
    if (answer === undefined) return await conflictOfDead(client, expecting, signal);
    if (answer.succeeded) return { kind: "written" };
    seen = statesIn(answer, keys);
    const conflict = conflictIn(expecting, seen);
    if (conflict) return conflict;
  }
  throw refused(client.description, `${keys.join(", ")} did not stay the same for long enough`);
}

/** How often a lock was acquired must be known before it is; all else can be guessed. */
async function firstLook(
  client: EtcdClient,
  expecting: readonly ExpectingWrite[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, KeyState> | undefined> {
  if (!expecting.some(({ kind }) => kind === "acquire")) return undefined;
  return await look(client, expecting, signal);
}

async function look(
  client: EtcdClient,
  expecting: readonly ExpectingWrite[],
  signal: AbortSignal | undefined,
): Promise<Map<string, KeyState>> {
  const keys = [...new Set(expecting.map(keyOf))];
  const request = { success: keys.flatMap(readsOf) };
  return statesIn(await client.call(TXN, request, { signal, isRead: true }), keys);
}

/** undefined: a session in which a lock was to be taken has ended. */
async function send(client: EtcdClient, request: TxnRequest, signal: AbortSignal | undefined) {
  try {
    return await client.call(TXN, request, { signal });
  } catch (error) {
    if (isLeaseGone(error)) return undefined;
    throw error;
  }
}

async function conflictOfDead(
  client: EtcdClient,
  expecting: readonly ExpectingWrite[],
  signal: AbortSignal | undefined,
): Promise<TransactOutcome> {
  const sessions = new Set(expecting.flatMap((w) => (w.kind === "acquire" ? [w.session] : [])));
  const dead = new Set<string>();
  for (const session of sessions) {
    if (!(await isSessionAlive(client, session, signal))) dead.add(session);
  }
  const seen = await look(client, expecting, signal);
  const conflict = conflictIn(expecting, seen, dead);
  if (conflict) return conflict;
  throw refused(client.description, "it knows a session, and does not");
}

function conflictIn(
  expecting: readonly ExpectingWrite[],
  seen: ReadonlyMap<string, KeyState>,
  dead: ReadonlySet<string> = new Set(),
): TransactOutcome | undefined {
  const keys = expecting.filter((write) => !holds(write, seen.get(write.key), dead)).map(keyOf);
  return keys.length > 0 ? { kind: "conflict", keys } : undefined;
}

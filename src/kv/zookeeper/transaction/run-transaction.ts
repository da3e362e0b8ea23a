import { keyOf } from "../../kv-limits.ts";
import type { KvWrite, TransactOutcome } from "../../kv-store.ts";
import type { ZooKeeperConnection } from "../wire/connection.ts";
import { ZooKeeperFailure } from "../wire/failures.ts";
import { CODES, multi, type NodeOperation, sizeOf } from "../wire/requests.ts";
import type { ZooKeeperClient } from "../zookeeper-client.ts";
import { refused } from "../zookeeper-errors.ts";
import { catchUp } from "../zookeeper-nodes.ts";
import type { NodePaths } from "../zookeeper-paths.ts";
import { halvesOf } from "./cut-deletion.ts";
import { applyWrites } from "./plan.ts";

/** A server takes a request of 1 MB, unless jute.maxbuffer says otherwise. */
const MAX_REQUEST_BYTES = 1_000_000;
/** Each time, somebody else has written. */
const MOST_ROUNDS = 200;

/** Something is no longer as it was when the operations were worked out. */
const OVERTAKEN: readonly number[] = [
  CODES.noNode,
  CODES.nodeExists,
  CODES.badVersion,
  CODES.notEmpty,
];

interface Wish {
  readonly writes: readonly KvWrite[];
  readonly signal?: AbortSignal | undefined;
}

/** All of the writes, or none when an expectation does not hold; of a deletion that is too large for one request, parts go first. */
export async function runTransaction(
  client: ZooKeeperClient,
  paths: NodePaths,
  wish: Wish,
): Promise<TransactOutcome> {
  for (;;) {
    const outcome = await runAtOnce(client, paths, wish);
    if (outcome.kind !== "too large") return outcome;
    const halves = halvesOf(wish.writes, outcome.removed);
    if (halves.length === 0) throw refused(client.dialer.description, outcome.problem);
    for (const writes of halves) {
      const half = await runTransaction(client, paths, { ...wish, writes });
      if (half.kind === "conflict") return half;
    }
  }
}

interface TooLarge {
  readonly kind: "too large";
  readonly problem: string;
  /** The keys that would go. */
  readonly removed: readonly string[];
}

/**
 * What the writes come to is worked out from what is there; the server does it only where that is so still, and else it
 * is worked out anew. What needs no writing is looked at once more, for a server may be behind.
 */
async function runAtOnce(
  client: ZooKeeperClient,
  paths: NodePaths,
  { writes, signal }: Wish,
): Promise<TransactOutcome | TooLarge> {
  // By this one, nothing is read that is older than the call.
  let upToDate: ZooKeeperConnection | undefined;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const plan = await client.read(async (connection) => {
      return { connection, ...(await applyWrites(connection, paths, writes)) };
    }, signal);
    const conflicts = plan.conflicts.map(keyOf);
    const operations = plan.draft.operations(client.dialer.access);
    if (conflicts.length > 0 || operations.length === 0) {
      if (plan.connection === upToDate) return outcomeOf(conflicts);
      upToDate = await client.read(async (connection) => {
        await catchUp(connection);
        return connection;
      }, signal);
      continue;
    }
    const problem = sizeProblem(operations);
    if (problem) return { kind: "too large", problem, removed: plan.draft.removedKeys() };
    // On the connection that the reads went by: if it does not live any more, they may be too old.
    const isWritten =
      !plan.connection.isLost &&
      (await client.call(() => write(plan.connection, operations), signal));
    if (isWritten) return outcomeOf([]);
    upToDate = plan.connection;
  }
  throw refused(client.dialer.description, "others write to the same keys all the time");
}

/** false: it was overtaken, and nothing was written. */
async function write(
  connection: ZooKeeperConnection,
  operations: readonly NodeOperation[],
): Promise<boolean> {
  const { value: code } = await connection.send(multi(operations));
  if (code !== CODES.ok && !OVERTAKEN.includes(code)) throw new ZooKeeperFailure(code);
  return code === CODES.ok;
}

function outcomeOf(conflicts: readonly string[]): TransactOutcome {
  return conflicts.length > 0 ? { kind: "conflict", keys: conflicts } : { kind: "written" };
}

function sizeProblem(operations: readonly NodeOperation[]): string | undefined {
  const bytes = sizeOf(operations);
  if (bytes <= MAX_REQUEST_BYTES) return undefined;
  return `${operations.length} operations have ${bytes} bytes, ${MAX_REQUEST_BYTES} at most fit`;
}

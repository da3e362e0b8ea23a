import type { KvEntry, Revision } from "../kv-store.ts";
import type { ZooKeeperConnection } from "./wire/connection.ts";
import {
  catchUp,
  type FoundNode,
  isThere,
  type LockData,
  readLock,
  readNode,
  readTree,
} from "./zookeeper-nodes.ts";
import type { NodePaths } from "./zookeeper-paths.ts";

/** How often a key that changes meanwhile is read again. */
const MOST_ROUNDS = 20;

/** One key with what is known of it as a lock. */
export interface FoundEntry {
  readonly node: FoundNode | undefined;
  readonly lockNode: FoundNode | undefined;
  readonly lock: LockData | undefined;
  /** The session that has it, and lives. */
  readonly holder: string | undefined;
}

export async function readEntry(
  connection: ZooKeeperConnection,
  paths: NodePaths,
  key: string,
): Promise<KvEntry | undefined> {
  return toEntry(key, await findEntry(connection, paths, paths.ofKey(key)));
}

/** As of one moment; of the node and its lock, as for the session that has it. */
export async function findEntry(
  connection: ZooKeeperConnection,
  paths: NodePaths,
  path: string,
): Promise<FoundEntry> {
  for (let round = 1; ; round += 1) {
    const [, node, lockNode] = await Promise.all([
      catchUp(connection),
      readNode(connection, path),
      readNode(connection, paths.lockOf(path)),
    ]);
    // Who writes to the lock writes to the node, too.
    const isOlder = lockNode && (!node || lockNode.stat.mzxid > node.stat.mzxid);
    if (isOlder && round < MOST_ROUNDS) continue;
    const lock = readLock(lockNode);
    const isHeld = lock?.session && (await isThere(connection, paths.ofSession(lock.session)));
    return { node, lockNode, lock, holder: isHeld ? lock.session : undefined };
  }
}

export async function readEntries(
  connection: ZooKeeperConnection,
  paths: NodePaths,
  prefix: string,
): Promise<readonly KvEntry[]> {
  const nodes = await readTree(connection, paths, { prefix, reading: "values" });
  const byPath = new Map(nodes.map((node) => [node.path, node]));
  const entries = nodes.map(async (node) => {
    const key = paths.keyOf(node.path);
    if (key === undefined) return undefined;
    const lock = readLock(byPath.get(paths.lockOf(node.path)));
    const isHeld = lock?.session && (await isThere(connection, paths.ofSession(lock.session)));
    return toEntry(key, { node, lock, holder: isHeld ? lock.session : undefined });
  });
  return (await Promise.all(entries)).filter((entry) => entry !== undefined);
}

export async function readKeys(
  connection: ZooKeeperConnection,
  paths: NodePaths,
  prefix: string,
): Promise<readonly string[]> {
  const nodes = await readTree(connection, paths, { prefix, reading: "names" });
  return nodes
    .filter(({ hasValue }) => hasValue)
    .map(({ path }) => paths.keyOf(path))
    .filter((key) => key !== undefined);
}

/** The end of a session leaves the node as it is, and yet the key is not as it was. */
export function revisionOf({ node, holder }: Pick<FoundEntry, "node" | "holder">): Revision {
  const zxid = String(node?.stat.mzxid);
  return (holder ? `${zxid}:${holder}` : zxid) as Revision;
}

export function toEntry(
  key: string,
  found: Pick<FoundEntry, "node" | "lock" | "holder">,
): KvEntry | undefined {
  const { node, lock, holder } = found;
  if (!node?.data) return undefined;
  const lockIndex = lock?.index ?? 0;
  return {
    key,
    value: node.data.toString(),
    revision: revisionOf(found),
    session: holder,
    lockIndex,
  };
}

import type { ZooKeeperConnection } from "./wire/connection.ts";
import { ZooKeeperFailure } from "./wire/failures.ts";
import {
  ANY_VERSION,
  CODES,
  exists,
  getChildren,
  getData,
  multi,
  type Request,
  type Stat,
} from "./wire/requests.ts";
import { childOf, isLockName, isLockPath, type NodePaths } from "./zookeeper-paths.ts";

export interface FoundNode {
  readonly path: string;
  /**
   * undefined: a mere folder, which never got any data, or lost it. Absent where there is a value that was
   * not asked for: then `hasValue` tells.
   */
  readonly data?: Buffer | undefined;
  readonly hasValue: boolean;
  readonly stat: Stat;
}

/** Who has a key as a lock; the data of the node beside its value. */
export interface LockData {
  readonly session?: string | undefined;
  readonly index: number;
}

/** Whether the values are read, too; without them a node costs less. */
export type Reading = "values" | "names";

/** How long a tree that changes is read again, before what was seen of it has to do. */
const RESTLESS_MILLISECONDS = 5_000;

/**
 * Answers when this server has everything that was answered before, by whichever server. ZooKeeper's own `sync` does not
 * do at the leader, which answers it while its last transactions are known to others already. What is like
 * a transaction, and writes nothing, has its place behind them at every server, also when it is refused.
 */
export async function catchUp(connection: ZooKeeperConnection): Promise<bigint> {
  const check = { kind: "check", path: "/", version: ANY_VERSION } as const;
  return (await connection.send(multi([check]))).zxid;
}

export async function readNode(
  connection: ZooKeeperConnection,
  path: string,
  reading: Reading = "values",
): Promise<FoundNode | undefined> {
  if (reading === "names") {
    const stat = await answerOf(connection, exists(path));
    if (!stat || stat.dataLength > 0) return stat && { path, hasValue: true, stat };
  }
  const node = await answerOf(connection, getData(path));
  return node && { path, ...node, hasValue: node.data !== undefined };
}

/** Whether the node is there. */
export async function isThere(
  connection: ZooKeeperConnection,
  path: string,
  { watch = false } = {},
): Promise<boolean> {
  return (await answerOf(connection, exists(path, { watch }))) !== undefined;
}

/**
 * All nodes of the keys that begin with the prefix, and of their locks, as they were at one moment; of a tree
 * that never stands still, as they were one after another.
 */
export async function readTree(
  connection: ZooKeeperConnection,
  paths: NodePaths,
  { prefix, reading }: { readonly prefix: string; readonly reading: Reading },
): Promise<readonly FoundNode[]> {
  const { folder, begin } = paths.ofPrefix(prefix);
  const deadline = performance.now() + RESTLESS_MILLISECONDS;
  for (;;) {
    const moment = await catchUp(connection);
    const walk = new Walk(connection, paths, reading);
    const isWanted = (name: string) => name.startsWith(begin) && paths.isOfKey(folder, name);
    await walk.below(folder, isWanted);
    // What nobody has written since then is as it was then.
    const isOfMoment = !walk.hasMissed && walk.newest <= moment;
    if (isOfMoment || performance.now() > deadline) return walk.found;
  }
}

class Walk {
  readonly found: FoundNode[] = [];
  /** Transaction of the youngest thing that was seen. */
  newest = 0n;
  /** Something was gone before it could be read. */
  hasMissed = false;
  readonly #connection: ZooKeeperConnection;
  readonly #paths: NodePaths;
  readonly #reading: Reading;

  constructor(connection: ZooKeeperConnection, paths: NodePaths, reading: Reading) {
    this.#connection = connection;
    this.#paths = paths;
    this.#reading = reading;
  }

  async below(folder: string, isWanted: (name: string) => boolean): Promise<void> {
    const children = await answerOf(this.#connection, getChildren(folder));
    if (!children) return;
    this.#note(children.stat.pzxid);
    const paths = children.names.filter(isWanted).map((name) => childOf(folder, name));
    await Promise.all(paths.map((path) => this.#visit(path)));
  }

  async #visit(path: string): Promise<void> {
    const reading = isLockPath(path) ? "values" : this.#reading;
    const node = await readNode(this.#connection, path, reading);
    if (!node) {
      this.hasMissed = true;
      return;
    }
    this.found.push(node);
    this.#note(node.stat.mzxid);
    if (node.stat.childCount === 0) return;
    const isOurs = (name: string) => this.#paths.isOfKey(path, name) || isLockName(name);
    await this.below(path, isOurs);
  }

  #note(zxid: bigint): void {
    if (zxid > this.newest) this.newest = zxid;
  }
}

export function readLock(node: FoundNode | undefined): LockData | undefined {
  return node?.data && (JSON.parse(node.data.toString()) as LockData);
}

export function writeLock(lock: LockData): string {
  return JSON.stringify(lock);
}

/** undefined: there is no such node. */
async function answerOf<T>(
  connection: ZooKeeperConnection,
  request: Request<T>,
): Promise<T | undefined> {
  try {
    return (await connection.send(request)).value;
  } catch (error) {
    if (error instanceof ZooKeeperFailure && error.code === CODES.noNode) return undefined;
    throw error;
  }
}

import type { KvWrite } from "../../kv-store.ts";
import type { ZooKeeperConnection } from "../wire/connection.ts";
import { ANY_VERSION } from "../wire/requests.ts";
import { revisionOf } from "../zookeeper-entries.ts";
import {
  type FoundNode,
  isThere,
  type LockData,
  readLock,
  readNode,
  readTree,
  writeLock,
} from "../zookeeper-nodes.ts";
import { isLockPath, type NodePaths } from "../zookeeper-paths.ts";
import { NodesDraft } from "./draft.ts";

type TreeWrite = Extract<KvWrite, { kind: "deleteTree" }>;
type KeyWrite = Exclude<KvWrite, TreeWrite>;

/** What the writes come to, given what is there; and those whose expectation does not hold. */
export async function applyWrites(
  connection: ZooKeeperConnection,
  paths: NodePaths,
  writes: readonly KvWrite[],
): Promise<{ readonly draft: NodesDraft; readonly conflicts: readonly KvWrite[] }> {
  const nodes = await readAround(connection, paths, writes);
  const sessions = new Set(writes.flatMap((write) => ("session" in write ? [write.session] : [])));
  for (const node of nodes) {
    const session = isLockPath(node.path) ? readLock(node)?.session : undefined;
    if (session) sessions.add(session);
  }
  const alive = new Set<string>();
  const look = async (session: string) => {
    if (await isThere(connection, paths.ofSession(session))) alive.add(session);
  };
  await Promise.all([...sessions].map(look));
  const application = new Application(nodes, paths, alive);
  const conflicts = writes.filter((write) => !application.apply(write));
  return { draft: application.draft, conflicts };
}

/** The nodes of the writes, with what is above them. */
async function readAround(
  connection: ZooKeeperConnection,
  paths: NodePaths,
  writes: readonly KvWrite[],
): Promise<readonly FoundNode[]> {
  const wanted = new Set<string>();
  const trees: Promise<readonly FoundNode[]>[] = [];
  for (const write of writes) {
    if (write.kind === "deleteTree") {
      const { prefix } = write;
      const { folder } = paths.ofPrefix(prefix);
      for (const path of paths.foldersAbove(`${folder}/_`)) wanted.add(path);
      trees.push(readTree(connection, paths, { prefix, reading: "names" }));
    } else {
      const path = paths.ofKey(write.key);
      for (const one of [...paths.foldersAbove(path), path, paths.lockOf(path)]) wanted.add(one);
    }
  }
  const reads = [...wanted].map((path) =>
    readNode(connection, path, isLockPath(path) ? "values" : "names"),
  );
  const [found, inTrees] = await Promise.all([Promise.all(reads), Promise.all(trees)]);
  return [...found.filter((node) => node !== undefined), ...inTrees.flat()];
}

class Application {
  readonly draft: NodesDraft;
  readonly #nodes: ReadonlyMap<string, FoundNode>;
  readonly #paths: NodePaths;
  readonly #alive: ReadonlySet<string>;

  constructor(nodes: readonly FoundNode[], paths: NodePaths, alive: ReadonlySet<string>) {
    this.#nodes = new Map(nodes.map((node) => [node.path, node]));
    this.#paths = paths;
    this.#alive = alive;
    this.draft = new NodesDraft(nodes, paths);
  }

  /** false: what it expects does not hold. */
  apply(write: KvWrite): boolean {
    if (write.kind === "deleteTree") return this.#deleteTree(write);
    const path = this.#paths.ofKey(write.key);
    switch (write.kind) {
      case "put":
        if (write.expected && !this.#isAs(path, write.expected)) return false;
        this.draft.put(path, write.value, write.expected !== undefined);
        return true;
      case "delete":
        if (!this.draft.hasValue(path)) return true;
        if (write.expected && !this.#isAs(path, write.expected)) return false;
        this.draft.remove(path, write.expected !== undefined);
        return true;
      default:
        return this.#lock(path, write);
    }
  }

  #lock(
    path: string,
    write: Extract<KeyWrite, { kind: "acquire" | "release" | "checkSession" }>,
  ): boolean {
    const { session } = write;
    const lockPath = this.#paths.lockOf(path);
    const holder = this.#holderOf(path);
    const mayBeFree = write.kind === "acquire" && holder === undefined;
    if (!this.#alive.has(session) || (holder !== session && !mayBeFree)) return false;
    this.draft.check(this.#paths.ofSession(session), ANY_VERSION);
    const node = this.#nodes.get(lockPath);
    if (holder === session && node) this.draft.check(lockPath, node.stat.version);
    const index = this.#lockOf(path)?.index ?? 0;
    if (write.kind === "acquire") {
      this.draft.put(path, write.value, false);
      if (mayBeFree) this.draft.put(lockPath, writeLock({ session, index: index + 1 }), true);
    }
    if (write.kind === "release") {
      this.draft.put(path, "", false);
      this.draft.put(lockPath, writeLock({ index }), true);
    }
    return true;
  }

  #deleteTree({ prefix }: TreeWrite): boolean {
    for (const path of this.#nodes.keys()) {
      if (this.#paths.keyOf(path)?.startsWith(prefix)) this.draft.remove(path, false);
    }
    return true;
  }

  #isAs(path: string, expected: string): boolean {
    if (expected === "absent") return !this.draft.hasValue(path);
    const node = this.#nodes.get(path);
    if (!node || !this.draft.hasValue(path)) return false;
    return revisionOf({ node, holder: this.#holderOf(path) }) === expected;
  }

  #lockOf(path: string): LockData | undefined {
    return readLock(this.#nodes.get(this.#paths.lockOf(path)));
  }

  #holderOf(path: string): string | undefined {
    const session = this.#lockOf(path)?.session;
    return session !== undefined && this.#alive.has(session) ? session : undefined;
  }
}

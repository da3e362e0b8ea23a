import { type Access, ANY_VERSION, type NodeOperation } from "../wire/requests.ts";
import type { FoundNode } from "../zookeeper-nodes.ts";
import { type NodePaths, parentOf } from "../zookeeper-paths.ts";

interface WantedNode {
  /** undefined: none. */
  readonly value: string | undefined;
  /** Only if nobody has written the node since it was read. */
  readonly isGuarded: boolean;
}

/** What a transaction makes of the nodes that were found; a folder is made when needed, and cleared away empty. */
export class NodesDraft {
  readonly #found: ReadonlyMap<string, FoundNode>;
  readonly #paths: NodePaths;
  readonly #wanted = new Map<string, WantedNode>();
  readonly #checked = new Map<string, number>();

  constructor(found: readonly FoundNode[], paths: NodePaths) {
    this.#found = new Map(found.map((node) => [node.path, node]));
    this.#paths = paths;
  }

  hasValue(path: string): boolean {
    const wanted = this.#wanted.get(path);
    if (wanted) return wanted.value !== undefined;
    return this.#found.get(path)?.hasValue === true;
  }

  put(path: string, value: string, isGuarded: boolean): void {
    this.#wanted.set(path, { value, isGuarded });
  }

  /** A lock goes with its key. */
  remove(path: string, isGuarded: boolean): void {
    for (const one of [path, this.#paths.lockOf(path)]) {
      if (this.hasValue(one)) this.#wanted.set(one, { value: undefined, isGuarded });
    }
  }

  /** That the node is there and as it was read; with ANY_VERSION, only that it is there. */
  check(path: string, version: number): void {
    this.#checked.set(path, version);
  }

  /** Sorted, so that what is in `state/` goes after what is in `config/`. */
  removedKeys(): readonly string[] {
    return [...this.#wanted]
      .flatMap(([path, { value }]) => (value === undefined ? (this.#paths.keyOf(path) ?? []) : []))
      .sort();
  }

  operations(access: Access): readonly NodeOperation[] {
    const checks = [...this.#checked]
      .filter(([path]) => !this.#wanted.has(path))
      .map(([path, version]): NodeOperation => ({ kind: "check", path, version }));
    const creations = this.#creations();
    const change = new Map<string, number>();
    for (const path of creations) count(change, parentOf(path), 1);
    const creates = creations.map((path): NodeOperation => {
      return { kind: "create", path, data: this.#dataOf(path), access };
    });
    const writes = [...creates, ...this.#changes(), ...this.#removals(change)];
    return [...checks, ...writes, ...this.#bells(writes, access)];
  }

  /** Last, so that whoever hears it sees all the rest. */
  #bells(writes: readonly NodeOperation[], access: Access): readonly NodeOperation[] {
    const bells = new Set(writes.map(({ path }) => this.#paths.bellFor(path)));
    return [...bells].flatMap((path): NodeOperation[] =>
      path === undefined
        ? []
        : [
            { kind: "create", path, data: undefined, access },
            { kind: "delete", path, version: ANY_VERSION },
          ],
    );
  }

  #creations(): readonly string[] {
    const missing = new Set<string>();
    for (const [path, { value }] of this.#wanted) {
      if (value === undefined) continue;
      for (const one of [...this.#paths.foldersAbove(path), path]) {
        if (!this.#found.has(one)) missing.add(one);
      }
    }
    return [...missing].toSorted((a, b) => depthOf(a) - depthOf(b));
  }

  #changes(): readonly NodeOperation[] {
    return [...this.#wanted].flatMap(([path, { value }]): NodeOperation[] => {
      const node = this.#found.get(path);
      if (value === undefined || !node) return [];
      return [{ kind: "setData", path, data: Buffer.from(value), version: this.#versionOf(node) }];
    });
  }

  /** From below, so that what holds nothing any more can go in its turn. */
  #removals(change: Map<string, number>): readonly NodeOperation[] {
    const operations: NodeOperation[] = [];
    for (const node of this.#removable()) {
      const operation = this.#removal(node, change.get(node.path) ?? 0);
      if (!operation) continue;
      operations.push(operation);
      if (operation.kind === "delete") count(change, parentOf(node.path), -1);
    }
    return operations;
  }

  #removable(): readonly FoundNode[] {
    return [...this.#found.values()]
      .filter(({ path, hasValue }) => {
        const wanted = this.#wanted.get(path);
        return wanted ? wanted.value === undefined : !hasValue;
      })
      .toSorted((a, b) => depthOf(b.path) - depthOf(a.path));
  }

  /** `change`: of how many children there are. */
  #removal(node: FoundNode, change: number): NodeOperation | undefined {
    const { path, stat } = node;
    const version = this.#versionOf(node);
    const isKept = this.#paths.isKept(path);
    if (stat.childCount + change === 0 && !isKept) return { kind: "delete", path, version };
    // Of two who each take one of the last two children away at once, neither would clear the folder.
    const isLessFull = change < 0 && !isKept;
    if (!this.#wanted.has(path) && !isLessFull) return undefined;
    return { kind: "setData", path, data: undefined, version };
  }

  /** A folder is cleared away only as long as it is one. */
  #versionOf({ path, stat }: FoundNode): number {
    const wanted = this.#wanted.get(path);
    return wanted?.isGuarded === false ? (this.#checked.get(path) ?? ANY_VERSION) : stat.version;
  }

  #dataOf(path: string): Buffer | undefined {
    const value = this.#wanted.get(path)?.value;
    return value === undefined ? undefined : Buffer.from(value);
  }
}

function count(counts: Map<string, number>, path: string, change: number): void {
  counts.set(path, (counts.get(path) ?? 0) + change);
}

function depthOf(path: string): number {
  return path.split("/").length;
}

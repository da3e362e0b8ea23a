import { keyOf } from "../kv-limits.ts";
import type { KvWrite } from "../kv-store.ts";
import type { KeyState } from "./etcd-entries.ts";
import {
  besideRange,
  holderKey,
  indexKey,
  type KeyRange,
  prefixRange,
  toBytes,
} from "./etcd-keys.ts";
import type { RequestOp } from "./etcd-messages.ts";

interface Put {
  readonly value: string;
  readonly lease?: string;
}

/** `seen` must tell of each key that is acquired. */
export function operationsOf(
  writes: readonly KvWrite[],
  seen: ReadonlyMap<string, KeyState> | undefined,
): readonly RequestOp[] {
  const operations = new Operations();
  for (const write of writes) operations.add(write, seen?.get(keyOf(write)));
  return operations.requests();
}

/** etcd takes no request in which one key is both put and deleted: of those, the later one counts. */
class Operations {
  readonly #puts = new Map<string, Put>();
  #deletions: KeyRange[] = [];

  add(write: KvWrite, state: KeyState | undefined): void {
    switch (write.kind) {
      case "put":
        this.#put(write.key, { value: write.value });
        break;
      case "delete":
        this.#delete([write.key, `${write.key}\0`]);
        this.#delete(besideRange(write.key));
        break;
      case "deleteTree":
        this.#delete(prefixRange(write.prefix));
        break;
      case "acquire":
        this.#acquire(write, state);
        break;
      case "release":
        this.#put(write.key, { value: "" });
        this.#delete([holderKey(write.key), `${holderKey(write.key)}\0`]);
        break;
      case "checkSession":
        break;
    }
  }

  requests(): readonly RequestOp[] {
    const puts = [...this.#puts].map(([key, { value, lease }]) => ({
      requestPut: { key: Buffer.from(key), value: Buffer.from(value), ...(lease && { lease }) },
    }));
    const deletions = this.#deletions.map((range) => ({ requestDeleteRange: toBytes(range) }));
    return [...deletions, ...puts];
  }

  #acquire(
    { key, value, session }: Extract<KvWrite, { kind: "acquire" }>,
    state: KeyState | undefined,
  ): void {
    this.#put(key, { value });
    if (state?.entry?.session === session) return;
    this.#put(holderKey(key), { value: session, lease: session });
    this.#put(indexKey(key), { value: String((state?.lockIndex ?? 0) + 1) });
  }

  #put(key: string, put: Put): void {
    this.#puts.set(key, put);
    this.#deletions = this.#deletions.flatMap((range) => without(key, range));
  }

  #delete(range: KeyRange): void {
    this.#deletions.push(range);
    for (const key of this.#puts.keys()) if (isIn(key, range)) this.#puts.delete(key);
  }
}

function without(key: string, range: KeyRange): readonly KeyRange[] {
  if (!isIn(key, range)) return [range];
  const [from, to] = range;
  const parts: readonly KeyRange[] = [
    [from, key],
    [`${key}\0`, to],
  ];
  return parts.filter(([start, end]) => start < end);
}

function isIn(key: string, [from, to]: KeyRange): boolean {
  return from <= key && key < to;
}

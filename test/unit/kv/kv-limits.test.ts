import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkPrefix,
  fitTogether,
  groupWrites,
  MAX_TRANSACTION_BYTES,
  MAX_TRANSACTION_WRITES,
} from "../../../src/kv/kv-limits.ts";
import type { KvWrite } from "../../../src/kv/kv-store.ts";

/** What Consul takes as one transaction. */
const REQUEST_BYTES = 512 * 1024;

function put(size: number): KvWrite {
  return { kind: "put", key: "a/key", value: "x".repeat(size) };
}

/** Roughly as Consul is sent it. */
function requestBytes(group: readonly KvWrite[]): number {
  const body = group.map((write) => ({
    KV: {
      Verb: "delete-tree",
      Key: write.kind === "deleteTree" ? write.prefix : write.key,
      Session: "session" in write ? write.session : "",
      Value: write.kind === "put" ? Buffer.from(write.value).toString("base64") : "",
      Index: Number.MAX_SAFE_INTEGER,
    },
  }));
  return JSON.stringify(body).length;
}

describe("groupWrites", () => {
  test("writes that fit together stay together", () => {
    const writes = Array.from({ length: MAX_TRANSACTION_WRITES }, () => put(10));
    expect(groupWrites(writes)).toEqual([writes]);
  });

  test("a value too large to share a request stands alone, in its place", () => {
    const sizes = groupWrites([put(1), put(MAX_TRANSACTION_BYTES), put(2), put(3)]).map((group) =>
      group.map((write) => write.kind === "put" && write.value.length),
    );
    expect(sizes).toEqual([[1], [MAX_TRANSACTION_BYTES], [2, 3]]);
  });

  test("no write is lost or moved, and every group of several fits into one request", () => {
    const writes = fc.oneof(
      fc.integer({ min: 0, max: 300 * 1024 }).map(put),
      fc.integer({ min: 0, max: 500 }).map(put),
      fc.constant<KvWrite>({ kind: "deleteTree", prefix: "a/" }),
    );
    fc.assert(
      fc.property(fc.array(writes, { maxLength: 150 }), (all) => {
        const groups = groupWrites(all);
        expect(groups.flat()).toEqual(all);
        for (const group of groups) {
          expect(group.length).toBeLessThanOrEqual(MAX_TRANSACTION_WRITES);
          if (group.length > 1) expect(requestBytes(group)).toBeLessThanOrEqual(REQUEST_BYTES);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe("groups that begin with a guard", () => {
  const guard: KvWrite = { kind: "checkSession", key: "a/lock", session: "s".repeat(36) };

  test("lose and move no write, and fit into one request where a single write does", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 300 * 1024 }), { maxLength: 100 });
    fc.assert(
      fc.property(sizes, (all) => {
        const writes = all.map(put);
        const groups = groupWrites(writes, [guard]);
        expect(groups.every(([first]) => first === guard)).toBe(true);
        expect(groups.flatMap((group) => group.slice(1))).toEqual(writes);
        expect(groups.every(fitTogether)).toBe(true);
        for (const group of groups) expect(requestBytes(group)).toBeLessThanOrEqual(REQUEST_BYTES);
      }),
      { numRuns: 20 },
    );
  });

  test("are none where there are no writes", () => {
    expect(groupWrites([], [guard])).toEqual([]);
  });

  test("do not fit when the value alone would just fill a request", () => {
    const [group = []] = groupWrites([put(MAX_TRANSACTION_BYTES - 140)], [guard]);
    expect(fitTogether(group)).toBe(false);
    expect(fitTogether(group.slice(1))).toBe(true);
  });
});

test("the empty prefix means everything and is no error", () => {
  expect(() => checkPrefix("")).not.toThrow();
});

import { expect, test } from "vitest";
import { operationsOf } from "../../../../src/kv/etcd/etcd-operations.ts";
import type { KvWrite } from "../../../../src/kv/kv-store.ts";

/** As `+key=value` for what is put and `-from..to` for what is deleted. */
function sent(...writes: readonly KvWrite[]): readonly string[] {
  const text = (bytes: Uint8Array | undefined) => String(bytes).replaceAll("\0", "0");
  return operationsOf(writes, undefined).map(({ requestPut: put, requestDeleteRange: range }) =>
    put ? `+${text(put.key)}=${text(put.value)}` : `-${text(range?.key)}..${text(range?.rangeEnd)}`,
  );
}

const put = (key: string): KvWrite => ({ kind: "put", key, value: "1" });

test("a key is deleted with what is beside it, and with nothing else", () => {
  expect(sent({ kind: "delete", key: "a/b" })).toEqual(["-a/b..a/b0", "-a/b:..a/b;"]);
});

test("of a key that is put and then deleted with its tree, nothing is left to put", () => {
  expect(sent(put("a/b"), put("c"), { kind: "deleteTree", prefix: "a/" })).toEqual([
    "-a/..a0",
    "+c=1",
  ]);
});

test("a tree that is deleted leaves out what is put into it after that", () => {
  expect(sent({ kind: "deleteTree", prefix: "a/" }, put("a/b"), put("a/c"), put("b"))).toEqual([
    "-a/..a/b",
    "-a/b0..a/c",
    "-a/c0..a0",
    ...["+a/b=1", "+a/c=1", "+b=1"],
  ]);
});

test("a lock that is taken is known by the key, by its lease, and by its number", () => {
  const writes: KvWrite[] = [{ kind: "acquire", key: "l", value: "me", session: "7" }];
  expect(operationsOf(writes, undefined)).toEqual([
    { requestPut: { key: Buffer.from("l"), value: Buffer.from("me") } },
    {
      requestPut: { key: Buffer.from("l:axon-holder"), value: Buffer.from("7"), lease: "7" },
    },
    { requestPut: { key: Buffer.from("l:axon-index"), value: Buffer.from("1") } },
  ]);
});

test("a lock that is given back is empty, and has its number still", () => {
  expect(sent({ kind: "release", key: "l", session: "7" })).toEqual([
    "-l:axon-holder..l:axon-holder0",
    "+l=",
  ]);
});

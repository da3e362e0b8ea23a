import type Consul from "consul";
import type { ConsulClient, RequestOptions } from "./consul-client.ts";
import { accessRefused, type ClientFailure, notConsul, refused } from "./consul-errors.ts";
import type { KvWrite, TransactOutcome } from "./kv-store.ts";

const CONFLICT = 409;
const DENIED = /permission denied|acl not found/i;

interface TransactionError {
  readonly OpIndex: number;
  readonly What: string;
}

/** All of the writes, or none when an expectation does not hold. */
export async function runTransaction(
  client: ConsulClient,
  writes: readonly KvWrite[],
  signal: AbortSignal | undefined,
): Promise<TransactOutcome> {
  const request = (consul: Consul, options: RequestOptions) => create(consul, writes, options);
  const { body } = await client.call(request, { signal });
  const errors = errorsOf(body);
  if (errors === undefined) throw notConsul(client.description);
  if (errors.length === 0) return { kind: "written" };
  return { kind: "conflict", keys: conflictingKeys(errors, writes, client.description) };
}

/** Consul's own number for a key's version; 0 stands for "is not there". */
export function casIndex(expected: string): number {
  return expected === "absent" ? 0 : Number(expected);
}

/** The library's types describe other arguments than those that it sends on. */
function create(consul: Consul, writes: readonly KvWrite[], options: RequestOptions) {
  const operations = writes.map((write) => ({ KV: operationOf(write) }));
  const send = consul.transaction.create.bind(consul.transaction) as unknown as (
    operations: readonly unknown[],
    options: RequestOptions,
  ) => Promise<unknown>;
  return send(operations, options).catch(answerOfConflict);
}

/** A conflict is an answer, not a failure. */
function answerOfConflict(error: ClientFailure): unknown {
  if (error.response?.statusCode !== CONFLICT) throw error;
  return [error.response, error.response.body];
}

function operationOf(write: KvWrite): Record<string, string | number> {
  if (write.kind === "deleteTree") return { Verb: "delete-tree", Key: write.prefix };
  const { key: Key, expected } = write;
  const index = expected === undefined ? {} : { Index: casIndex(expected) };
  if (write.kind === "delete") return { Verb: expected ? "delete-cas" : "delete", Key, ...index };
  const Value = Buffer.from(write.value).toString("base64");
  return { Verb: expected ? "cas" : "set", Key, Value, ...index };
}

function errorsOf(body: unknown): readonly TransactionError[] | undefined {
  if (typeof body !== "object" || body === null || !("Errors" in body)) return undefined;
  return (body.Errors ?? []) as readonly TransactionError[];
}

/** Consul answers writes that the token does not allow in the same way as conflicts. */
function conflictingKeys(
  errors: readonly TransactionError[],
  writes: readonly KvWrite[],
  store: string,
): readonly string[] {
  const keys = errors.map(({ OpIndex, What }) => {
    const write = writes[OpIndex];
    if (DENIED.test(What)) throw accessRefused(store, What);
    if (!write || write.kind === "deleteTree" || !write.expected) throw refused(store, What);
    return write.key;
  });
  return [...new Set(keys)].sort();
}

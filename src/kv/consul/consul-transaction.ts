import type Consul from "consul";
import { keyOf } from "../kv-limits.ts";
import type { KvWrite, TransactOutcome } from "../kv-store.ts";
import type { ConsulClient, RequestOptions } from "./consul-client.ts";
import { acceptStatus, accessRefused, notConsul, refused } from "./consul-errors.ts";

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
    options: RequestOptions & { readonly consistent: true },
  ) => Promise<unknown>;
  // Consul reads what a transaction without a write checks, and would do so from what may be stale.
  return send(operations, { ...options, consistent: true }).catch(acceptStatus(CONFLICT));
}

function operationOf(write: KvWrite): Record<string, string | number> {
  switch (write.kind) {
    case "put":
      return { Verb: write.expected ? "cas" : "set", ...target(write), ...content(write) };
    case "delete":
      return { Verb: write.expected ? "delete-cas" : "delete", ...target(write) };
    case "deleteTree":
      return { Verb: "delete-tree", Key: write.prefix };
    case "acquire":
      return { Verb: "lock", Key: write.key, Session: write.session, ...content(write) };
    case "release":
      return { Verb: "unlock", Key: write.key, Session: write.session };
    case "checkSession":
      return { Verb: "check-session", Key: write.key, Session: write.session };
  }
}

function target({ key, expected }: Extract<KvWrite, { kind: "put" | "delete" }>) {
  return { Key: key, ...(expected && { Index: casIndex(expected) }) };
}

function content({ value }: { readonly value: string }) {
  return { Value: Buffer.from(value).toString("base64") };
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
  return errors.map(({ OpIndex, What }) => {
    const write = writes[OpIndex];
    if (DENIED.test(What)) throw accessRefused(store, What);
    if (!write || !expectsSomething(write)) throw refused(store, What);
    return keyOf(write);
  });
}

function expectsSomething(write: KvWrite): boolean {
  if (write.kind === "deleteTree") return false;
  return write.kind === "put" || write.kind === "delete" ? write.expected !== undefined : true;
}

import type { IncomingMessage } from "node:http";
import type { ConsulClient } from "./consul-client.ts";
import { accessRefused, notConsul } from "./consul-errors.ts";
import { casIndex } from "./consul-transaction.ts";
import { keyOf } from "./kv-limits.ts";
import type { KvEntry, KvWrite, Revision, TransactOutcome } from "./kv-store.ts";

interface ConsulItem {
  readonly Key: string;
  readonly Value: string | null;
  readonly ModifyIndex: number;
}

/** `consistent`: what another deployer has written is seen, whichever server answers. */
export async function readEntries(
  client: ConsulClient,
  query: { readonly key: string; readonly recurse?: boolean },
  signal: AbortSignal | undefined,
): Promise<readonly KvEntry[]> {
  const request = { ...query, consistent: true };
  const { response, body } = await client.call(
    ({ kv }, options) => kv.get({ ...request, ...options }),
    { signal },
  );
  checkComplete(response, client.description);
  if (body === undefined) return [];
  return (Array.isArray(body) ? body : [body]).map(toEntry);
}

/**
 * Apart from transactions, whose requests Consul limits so that a value of 512 KB would not fit.
 */
export async function writeEntry(
  client: ConsulClient,
  write: KvWrite,
  signal: AbortSignal | undefined,
): Promise<TransactOutcome> {
  const { body } = await client.call(
    ({ kv }, options) => {
      if (write.kind === "deleteTree")
        return kv.del({ key: write.prefix, recurse: true, ...options } as object);
      const { key, expected } = write;
      const request = { key, ...(expected && { cas: casIndex(expected) }), ...options };
      return write.kind === "put" ? kv.set({ ...request, value: write.value }) : kv.del(request);
    },
    { signal },
  );
  if (typeof body !== "boolean") throw notConsul(client.description);
  return body ? { kind: "written" } : { kind: "conflict", keys: [keyOf(write)] };
}

/** The library answers "nothing there" for a web server of any kind and for keys that the token hides. */
function checkComplete({ headers }: IncomingMessage, store: string): void {
  if (headers["x-consul-index"] === undefined) throw notConsul(store);
  if (headers["x-consul-results-filtered-by-acls"] === "true") {
    throw accessRefused(store, "some keys are hidden from this token");
  }
}

function toEntry({ Key, Value, ModifyIndex }: ConsulItem): KvEntry {
  return { key: Key, value: Value ?? "", revision: String(ModifyIndex) as Revision };
}

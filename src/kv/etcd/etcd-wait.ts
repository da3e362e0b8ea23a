import { setTimeout as sleep } from "node:timers/promises";
import type { ChangeWait, KvEntry } from "../kv-store.ts";
import type { EtcdClient } from "./etcd-client.ts";
import { readKey } from "./etcd-entries.ts";
import { WatchCancelled } from "./etcd-errors.ts";
import { holderKey } from "./etcd-keys.ts";
import { WATCH, type WatchResponse } from "./etcd-messages.ts";

/** How long one stream may last: what lies between here and the store may cut off what seems dead. */
const LONGEST_WAIT_MILLISECONDS = 50_000;
const ANSWER_MILLISECONDS = 10_000;

/** Reads, and reads again when etcd tells of a change, or when the time is over. */
export async function awaitChange(
  client: EtcdClient,
  { key, after, timeoutMilliseconds }: ChangeWait & { readonly key: string },
  signal: AbortSignal | undefined,
): Promise<KvEntry | undefined> {
  const deadline = performance.now() + timeoutMilliseconds;
  for (;;) {
    const { entry, storeRevision } = await readKey(client, key, signal);
    const left = deadline - performance.now();
    if (entry?.revision !== after || left <= 0) return entry;
    const milliseconds = Math.min(left, LONGEST_WAIT_MILLISECONDS);
    await nextEvent(client, { key, since: storeRevision, milliseconds }, signal);
  }
}

interface Watch {
  readonly key: string;
  /** What was read is of this revision of the whole store. */
  readonly since: string;
  readonly milliseconds: number;
}

/** Ends with a change after `since`, with what has become of it unknown, or with the time. */
export async function nextEvent(
  client: EtcdClient,
  { key, since, milliseconds }: Watch,
  signal: AbortSignal | undefined,
): Promise<void> {
  const startRevision = String(BigInt(since) + 1n);
  await client.withStream(
    WATCH,
    async (stream) => {
      for (const name of [key, holderKey(key)]) {
        stream.send({ createRequest: { key: Buffer.from(name), startRevision } });
      }
      await beforeTimeout(milliseconds, async () => {
        while (!tellsSomething(await stream.next()));
      });
    },
    { signal, milliseconds: milliseconds + ANSWER_MILLISECONDS },
  );
}

/** A watch that etcd gives up for what it has thrown away is begun anew, after another look. */
function tellsSomething(answer: WatchResponse): boolean {
  const { canceled, compactRevision, cancelReason, events } = answer;
  if (canceled && compactRevision === "0") {
    throw new WatchCancelled(cancelReason || "it cancelled a watch");
  }
  return canceled || events.length > 0;
}

async function beforeTimeout(milliseconds: number, wait: () => Promise<void>): Promise<void> {
  const timer = new AbortController();
  const over = sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    await Promise.race([wait(), over]);
  } finally {
    timer.abort();
  }
}

import type { ChangeWait, KvEntry } from "../kv-store.ts";
import type { ConsulClient } from "./consul-client.ts";
import { checkComplete, entriesOf } from "./consul-entries.ts";

/** How long one request waits: what lies between here and the store may cut off what seems dead. */
const LONGEST_WAIT_MILLISECONDS = 50_000;
/** Consul adds up to a sixteenth of the time, so that its answers do not all come at once. */
const JITTER = 17 / 16;
const ANSWER_MILLISECONDS = 10_000;
/** Consul answers at once, and says from where to go on. */
const FROM_NOW = "0";

/**
 * Looks, and waits by a request that Consul answers when the key has changed, or when its time is over, in turn. Without a
 * look before it, one would wait for a higher revision than was seen, and after the restore of a backup there are lower ones.
 */
export async function awaitChange(
  client: ConsulClient,
  { key, after, timeoutMilliseconds }: ChangeWait & { readonly key: string },
  signal: AbortSignal | undefined,
): Promise<KvEntry | undefined> {
  const deadline = performance.now() + timeoutMilliseconds;
  let index = FROM_NOW;
  for (;;) {
    const left = Math.max(1, Math.ceil(deadline - performance.now()));
    const milliseconds = Math.min(left, LONGEST_WAIT_MILLISECONDS);
    const seen = await readWhenChanged(client, { key, index, milliseconds }, signal);
    if (seen.entry?.revision !== after || performance.now() >= deadline) return seen.entry;
    // Of a key that is not there, Consul tells of changes near it, too; and of the restore, with what was there before.
    index = index === FROM_NOW ? seen.index : FROM_NOW;
  }
}

interface BlockingRead {
  readonly key: string;
  readonly index: string;
  readonly milliseconds: number;
}

async function readWhenChanged(
  client: ConsulClient,
  { key, index, milliseconds }: BlockingRead,
  signal: AbortSignal | undefined,
) {
  const query = { key, consistent: true, index, wait: `${milliseconds}ms` };
  const timeoutMilliseconds = milliseconds * JITTER + ANSWER_MILLISECONDS;
  const { response, body } = await client.call(
    ({ kv }, options) => kv.get({ ...query, ...options }),
    { signal, timeoutMilliseconds },
  );
  checkComplete(response, client.description);
  return { entry: entriesOf(body)[0], index: String(response.headers["x-consul-index"]) };
}

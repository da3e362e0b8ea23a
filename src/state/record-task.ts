import type { KvStore } from "../kv/kv-store.ts";
import type { TaskRecord } from "../live.ts";
import { taskKey } from "../store-layout.ts";
import { encodeTaskRecord } from "./task-record.ts";

/** Remembers a one-shot that ended, in place of what was remembered of its last run. */
export async function recordTask(
  store: KvStore,
  deployment: string,
  record: TaskRecord,
): Promise<void> {
  const key = taskKey(deployment, record.id);
  await store.transact([{ kind: "put", key, value: encodeTaskRecord(record) }]);
}

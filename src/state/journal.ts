import type { KvStore } from "../kv/kv-store.ts";
import type { JournalChange, JournalEntry } from "../live.ts";
import { journalKey } from "../store-layout.ts";
import {
  type Decoded,
  decodeRecord,
  type FieldTests,
  isObject,
  isText,
  isTextTable,
  isTime,
  maybe,
} from "./json-record.ts";

const MOST_LISTED = 2_000;
/** What goes with the lock's check in one transaction. */
const MOST_BYTES = 350 * 1024;

export type BegunRun = Omit<JournalEntry, "version" | "planned">;

/** Writes down what a run is going to do. In place of what a run that was cut off has left. */
export async function beginRun(store: KvStore, deployment: string, entry: BegunRun): Promise<void> {
  const value = encodeJournalEntry({ version: 1, planned: entry.changes.length, ...entry });
  await store.transact([{ kind: "put", key: journalKey(deployment), value }]);
}

/** The run has come to its end, whatever end that was; its journal may have gone with all of the deployment. */
export async function endRun(store: KvStore, deployment: string): Promise<void> {
  if ((await store.get(journalKey(deployment))) === undefined) return;
  await store.transact([{ kind: "delete", key: journalKey(deployment) }]);
}

/**
 * The run was interrupted, and is remembered as far as it came, with its keys: what is left of it becomes the
 * revision after that.
 */
export async function leaveRun(
  store: KvStore,
  deployment: string,
  { keys: _, revision, ...entry }: BegunRun,
): Promise<void> {
  await beginRun(store, deployment, { ...entry, revision: revision + 1 });
}

/** undefined: no run is under way, and none was cut off. */
export async function readJournal(
  store: KvStore,
  deployment: string,
  signal?: AbortSignal,
): Promise<Decoded<JournalEntry> | undefined> {
  const entry = await store.get(journalKey(deployment), signal);
  return entry && decodeJournalEntry(entry.value);
}

/** The keys that changes of keys had begun to write when they were cut off, and what was to become of them. */
export function keysOfCutOff(entry: JournalEntry | undefined): Readonly<Record<string, string>> {
  if (entry === undefined) return {};
  if (entry.keys !== undefined || !isOfKeys(entry)) return entry.keys ?? {};
  // An earlier Axon had them among the changes only.
  const keys = entry.changes.filter(({ address }) => address.startsWith("config."));
  return Object.fromEntries(keys.map(({ address, action }) => [address.slice(7), action]));
}

export function isOfKeys({ command }: JournalEntry): boolean {
  return command.startsWith("axon kv ");
}

/** Of a change of keys that wrote all of them, perhaps, and is in no revision: the last one is `newest`. */
export function isUnrecorded(entry: JournalEntry, newest: number | undefined): boolean {
  return isOfKeys(entry) && entry.revision > (newest ?? 0);
}

export function encodeJournalEntry({ changes, ...entry }: JournalEntry): string {
  const room = MOST_BYTES - Buffer.byteLength(JSON.stringify(entry));
  return JSON.stringify({ ...entry, changes: listed(changes, room) });
}

/** As many as there is room for, and no more than a reader wants. */
function listed(changes: readonly JournalChange[], room: number): readonly JournalChange[] {
  const list: JournalChange[] = [];
  let left = room;
  for (const { address, action } of changes.slice(0, MOST_LISTED)) {
    left -= Buffer.byteLength(JSON.stringify({ address, action })) + 1;
    if (left < 0) break;
    list.push({ address, action });
  }
  return list;
}

export function decodeJournalEntry(text: string): Decoded<JournalEntry> {
  return decodeRecord(text, FIELDS);
}

const FIELDS: FieldTests<JournalEntry> = {
  version: (value) => value === 1,
  command: isText,
  who: isText,
  at: isTime,
  revision: Number.isInteger,
  planned: Number.isInteger,
  changes: (value) => Array.isArray(value) && value.every(isChange),
  keys: maybe(isTextTable),
};

function isChange(value: unknown): value is JournalChange {
  return isObject(value) && isText(value.address) && isText(value.action);
}

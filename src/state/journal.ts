import type { KvStore } from "../kv/kv-store.ts";
import type { JournalChange, JournalEntry } from "../live.ts";
import { journalKey } from "../store-layout.ts";
import {
  type Decoded,
  decodeRecord,
  type FieldTests,
  isObject,
  isText,
  isTime,
} from "./json-record.ts";

/** So that it fits into a transaction together with others. */
const MAX_LISTED = 2_000;

/** Writes down what a run is going to do. In place of what a run that was cut off has left. */
export async function beginRun(
  store: KvStore,
  deployment: string,
  entry: Omit<JournalEntry, "version" | "planned">,
): Promise<void> {
  const value = encodeJournalEntry({ version: 1, planned: entry.changes.length, ...entry });
  await store.transact([{ kind: "put", key: journalKey(deployment), value }]);
}

/** The run has come to its end, whatever end that was; its journal may have gone with all of the deployment. */
export async function endRun(store: KvStore, deployment: string): Promise<void> {
  if ((await store.get(journalKey(deployment))) === undefined) return;
  await store.transact([{ kind: "delete", key: journalKey(deployment) }]);
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

/** The keys that a change of keys had begun to write when it was cut off, and what was to become of them. */
export function keysOfCutOff(entry: JournalEntry | undefined): Readonly<Record<string, string>> {
  if (entry?.command.startsWith(KEYS_COMMAND) !== true) return {};
  const keys = entry.changes.filter(({ address }) => address.startsWith("config."));
  return Object.fromEntries(keys.map(({ address, action }) => [address.slice(7), action]));
}

const KEYS_COMMAND = "axon kv ";

export function encodeJournalEntry({ changes, ...entry }: JournalEntry): string {
  const listed = changes.slice(0, MAX_LISTED).map(({ address, action }) => ({ address, action }));
  return JSON.stringify({ ...entry, changes: listed });
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
};

function isChange(value: unknown): value is JournalChange {
  return isObject(value) && isText(value.address) && isText(value.action);
}

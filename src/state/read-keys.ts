import type { KvStore, Revision } from "../kv/kv-store.ts";
import type { JournalEntry } from "../live.ts";
import { Secret, type Text, textFor } from "../secret.ts";
import {
  configRoot,
  currentRevisionKey,
  decodeOwnedConfig,
  decodeSensitiveKeys,
  ownedConfigKey,
  sensitiveKeysKey,
} from "../store-layout.ts";
import { decodeCurrentRevision } from "./current-revision.ts";
import { readJournal } from "./journal.ts";

/** A deployment's configuration, keys relative to `config/`. */
export interface StoredKeys {
  /** A Secret where the name says so, or the Servicefile, or a person. */
  readonly config: Readonly<Record<string, Text>>;
  /** The store's own version stamp of each. */
  readonly stamps: Readonly<Record<string, Revision>>;
  /** Those that the Servicefile names. */
  readonly owned: readonly string[];
  /** Those that a person has marked as sensitive. */
  readonly marked: readonly string[];
  /** Of a run that is under way or was cut off. */
  readonly journal: JournalEntry | undefined;
  /** Number of the revision that was written last. */
  readonly revision: number | undefined;
}

export async function readKeys(
  store: KvStore,
  deployment: string,
  signal?: AbortSignal,
): Promise<StoredKeys> {
  const root = configRoot(deployment);
  const get = async (key: string) => (await store.get(key, signal))?.value;
  const [listed, ownedText, markedText, current, journal] = await Promise.all([
    store.list(root, signal),
    get(ownedConfigKey(deployment)),
    get(sensitiveKeysKey(deployment)),
    get(currentRevisionKey(deployment)),
    readJournal(store, deployment, signal),
  ]);
  const entries = listed
    .filter(({ key }) => key !== root)
    .map(({ key, ...entry }) => ({ ...entry, name: key.slice(root.length) }));
  const owned = decodeOwnedConfig(ownedText ?? "");
  const marked = decodeSensitiveKeys(markedText);
  const secret = new Set([...marked, ...owned.flatMap((it) => (it.isSecret ? [it.key] : []))]);
  const textOf = (name: string, value: string) =>
    secret.has(name) ? new Secret(value) : textFor(name, value);
  return {
    config: Object.fromEntries(entries.map(({ name, value }) => [name, textOf(name, value)])),
    stamps: Object.fromEntries(entries.map(({ name, revision }) => [name, revision])),
    owned: owned.map(({ key }) => key),
    marked,
    journal: journal?.kind === "record" ? journal.record : undefined,
    revision: decodeCurrentRevision(current),
  };
}

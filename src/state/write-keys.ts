import { AxonError } from "../errors.ts";
import type { KeyChange } from "../keys/key-change.ts";
import { fitTogether } from "../kv/kv-limits.ts";
import type { KvStore, KvWrite } from "../kv/kv-store.ts";
import type { JournalEntry } from "../live.ts";
import { own } from "../own.ts";
import { looksSecret, reveal, type Text } from "../secret.ts";
import {
  configKey,
  currentRevisionKey,
  encodeSensitiveKeys,
  journalKey,
  sensitiveKeysKey,
} from "../store-layout.ts";
import { beginRun, encodeJournalEntry, isOfKeys, keysOfCutOff } from "./journal.ts";
import type { StoredKeys } from "./read-keys.ts";
import type { RevisionRecord } from "./revision-record.ts";
import { isNoRevision, readRevision, type StoredRevision } from "./revisions.ts";
import { writeRevision } from "./write-revision.ts";

export interface KeysDraft {
  readonly deployment: string;
  readonly changes: readonly KeyChange[];
  /** What was there when the changes were worked out: it is written only where that is so still. */
  readonly known: StoredKeys;
  readonly facts: Pick<
    RevisionRecord,
    "at" | "who" | "command" | "durationMilliseconds" | "axonVersion"
  >;
  /** 64 hexadecimal digits from a secure source. */
  readonly random: () => string;
}

/** The record of a revision is in the transaction that decides. */
const MOST_NAMES = 250 * 1024;

/**
 * Changes keys below `config/` and keeps that as the deployment's next revision, whose number it answers. Of
 * as many as a store takes in one transaction, it is both or nothing; before more than that, the journal says
 * what is going to be done. KEY_CHANGED where somebody else was faster.
 */
export async function writeKeys(store: KvStore, draft: KeysDraft): Promise<number> {
  const { deployment, changes, known, facts } = draft;
  const keys = {
    ...keysOfCutOff(known.journal),
    ...Object.fromEntries(changes.map(({ key, action }) => [key, action])),
  };
  checkCount(keys);
  const last = await lastRevision(store, draft);
  const writes = [...changes.map((change) => keyWrite(change, draft)), ...markWrites(draft)];
  const number = (known.revision ?? 0) + 1;
  const journal = await journalWrites(store, draft, { writes, number, keys });
  // In parts, no key may be there without its mark.
  if (journal.isInParts) await store.transact(marksFirst(draft));
  const { deployed, model } =
    last === undefined ? await unknownDeploy(store, draft) : deployedBy(last);
  return writeRevision(store, {
    deployment,
    model: model && { ...model, config: afterwards(model.config, changes, "known only") },
    config: afterwards(known.config, changes, "all"),
    random: draft.random,
    writes,
    last: journal.end,
    facts: {
      kind: "keys",
      keys,
      ...(deployed && { deployed }),
      ...facts,
      outcome: "complete",
      summary: counts(keys),
    },
  });
}

function checkCount(keys: Readonly<Record<string, string>>): void {
  if (JSON.stringify(keys).length <= MOST_NAMES) return;
  const count = Object.keys(keys).length;
  throw new AxonError("KEY_INVALID", `${count} keys at once are more than one revision tells of`, {
    hint: "Import them in parts.",
  });
}

/** undefined: there is none, or it cannot be read. */
async function lastRevision(
  store: KvStore,
  { deployment, known }: KeysDraft,
): Promise<StoredRevision | undefined> {
  if (known.revision === undefined) return undefined;
  return readRevision(store, { deployment, number: known.revision }).catch((problem: unknown) => {
    if (!isNoRevision(problem)) throw problem;
    return undefined;
  });
}

function deployedBy(last: StoredRevision) {
  const { record, model } = last;
  if (record.kind === "keys") return { deployed: record.deployed, model };
  return { deployed: { revision: record.number, outcome: record.outcome }, model };
}

/** That nobody can read what was deployed does not become that nothing was. */
async function unknownDeploy(store: KvStore, { deployment, known }: KeysDraft) {
  const isFirst = (await store.get(currentRevisionKey(deployment))) === undefined;
  const deployed = { revision: known.revision ?? 0, outcome: "partial" } as const;
  return isFirst ? { model: undefined } : { deployed, model: undefined };
}

function keyWrite({ key, after }: KeyChange, { deployment, known }: KeysDraft): KvWrite {
  const path = configKey(deployment, key);
  const stamp = own(known.stamps, key);
  if (after === undefined) return { kind: "delete", key: path, expected: stamp };
  return { kind: "put", key: path, value: reveal(after), expected: stamp ?? "absent" };
}

/** What is removed loses its mark with the rest of them. */
function marksFirst({ changes, ...draft }: KeysDraft): readonly KvWrite[] {
  return markWrites({ ...draft, changes: changes.filter(({ marks }) => marks) });
}

function markWrites({ deployment, changes, known }: KeysDraft): readonly KvWrite[] {
  const marked = new Set(known.marked);
  for (const { key, marks, action } of changes) {
    if (marks && !looksSecret(key)) marked.add(key);
    if (action === "remove") marked.delete(key);
  }
  const value = encodeSensitiveKeys(marked);
  if (value === encodeSensitiveKeys(known.marked)) return [];
  const key = sensitiveKeysKey(deployment);
  return [value === "" ? { kind: "delete", key } : { kind: "put", key, value }];
}

interface Begun {
  readonly writes: readonly KvWrite[];
  readonly number: number;
  readonly keys: Readonly<Record<string, string>>;
}

/** A deploy that was cut off becomes the revision after this one, and its keys are this one's. */
async function journalWrites(
  store: KvStore,
  { deployment, changes, known, facts }: KeysDraft,
  { writes, number, keys }: Begun,
): Promise<{ readonly isInParts: boolean; readonly end: readonly KvWrite[] }> {
  const key = journalKey(deployment);
  const cutOff = known.journal;
  const deploy = cutOff === undefined || isOfKeys(cutOff) ? undefined : cutOff;
  const end: KvWrite =
    deploy === undefined
      ? { kind: "delete", key }
      : { kind: "put", key, value: encodeJournalEntry(afterKeys(deploy, number + 1)) };
  const ofRecord = ROOM_FOR_RECORD + JSON.stringify(keys).length * 2;
  const room: KvWrite = { kind: "put", key, value: "x".repeat(ofRecord) };
  if (fitTogether([...writes, end, room, room, room])) {
    return { isInParts: false, end: cutOff === undefined ? [] : [end] };
  }
  const { command, who, at } = facts;
  const planned = changes.map(({ key: name, action }) => ({ address: `config.${name}`, action }));
  const begun = { command, who, at, revision: number, changes: planned };
  await beginRun(store, deployment, { ...(deploy ? afterKeys(deploy, number + 1) : begun), keys });
  return { isInParts: true, end: [end] };
}

function afterKeys({ keys: _, ...deploy }: JournalEntry, revision: number): JournalEntry {
  return { ...deploy, revision };
}

/** With the images of a large deployment. */
const ROOM_FOR_RECORD = 20_000;

/** "known only": keys that were not there stay out. */
function afterwards(
  config: Readonly<Record<string, Text>>,
  changes: readonly KeyChange[],
  which: "all" | "known only",
): Readonly<Record<string, Text>> {
  const next = new Map(Object.entries(config));
  for (const { key, after } of changes) {
    if (after === undefined) next.delete(key);
    else if (which === "all" || next.has(key)) next.set(key, after);
  }
  return Object.fromEntries(next);
}

function counts(keys: Readonly<Record<string, string>>): Record<string, number> {
  const count: Record<string, number> = {};
  for (const action of Object.values(keys)) count[action] = (count[action] ?? 0) + 1;
  return count;
}

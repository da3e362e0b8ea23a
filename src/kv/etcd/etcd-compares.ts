import type { KvWrite } from "../kv-store.ts";
import type { KeyState } from "./etcd-entries.ts";
import { holderKey, indexKey } from "./etcd-keys.ts";
import { COMPARE_MOD, COMPARE_VALUE, type Compare, GREATER } from "./etcd-messages.ts";
import { isSessionId } from "./etcd-session.ts";

export type ExpectingWrite = Exclude<KvWrite, { kind: "deleteTree" }>;

export function expectsSomething(write: KvWrite): write is ExpectingWrite {
  if (write.kind === "deleteTree") return false;
  return write.kind === "put" || write.kind === "delete" ? write.expected !== undefined : true;
}

/** Whether the expectation of the write holds for what is there; no session of `dead` lives. */
export function holds(
  write: ExpectingWrite,
  state: KeyState | undefined,
  dead: ReadonlySet<string>,
): boolean {
  const entry = state?.entry;
  switch (write.kind) {
    case "put":
      return (entry?.revision ?? "absent") === write.expected;
    case "delete":
      return entry === undefined || entry.revision === write.expected;
    case "acquire":
      return (
        isSessionId(write.session) &&
        !dead.has(write.session) &&
        (entry?.session ?? write.session) === write.session
      );
    case "release":
    case "checkSession":
      return entry?.session === write.session;
  }
}

/** What etcd is to compare: with what was seen, or else with what the write expects. */
export function comparesOf(write: ExpectingWrite, seen: KeyState | undefined): readonly Compare[] {
  if (seen) return isLock(write) ? sameLock(write.key, seen) : sameEntry(write.key, seen);
  switch (write.kind) {
    case "put":
    case "delete":
      return sameEntry(write.key, revisionsIn(write.expected ?? "absent"));
    case "acquire":
    case "release":
    case "checkSession":
      return heldIn(write.key, write.session);
  }
}

function isLock({ kind }: ExpectingWrite): boolean {
  return kind !== "put" && kind !== "delete";
}

type Revisions = Pick<KeyState, "modRevision" | "holderRevision">;

function revisionsIn(expected: string): Revisions {
  const [modRevision = "0", holderRevision = "0"] =
    expected === "absent" ? [] : expected.split("/");
  return { modRevision, holderRevision };
}

/** To take the lock is to write the key, too: that nobody has it need not be compared. */
function sameEntry(key: string, { modRevision, holderRevision }: Revisions): Compare[] {
  const own = atRevision(key, modRevision);
  return holderRevision === "0" ? [own] : [own, atRevision(holderKey(key), holderRevision)];
}

function sameLock(key: string, seen: KeyState): Compare[] {
  return [
    atRevision(key, seen.modRevision),
    atRevision(holderKey(key), seen.holderRevision),
    atRevision(indexKey(key), seen.indexRevision),
  ];
}

function heldIn(key: string, session: string): Compare[] {
  return [
    { target: COMPARE_VALUE, key: Buffer.from(holderKey(key)), value: Buffer.from(session) },
    { target: COMPARE_MOD, result: GREATER, key: Buffer.from(key), modRevision: "0" },
  ];
}

function atRevision(key: string, modRevision: string): Compare {
  return { target: COMPARE_MOD, key: Buffer.from(key), modRevision };
}

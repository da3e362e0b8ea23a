import type { LockHolder } from "../live.ts";
import { decodeRecord, type FieldTests, isText, maybe } from "./json-record.ts";

export function encodeLockHolder(holder: LockHolder): string {
  return JSON.stringify(holder);
}

/** Somebody has the lock even when nobody can read who. */
export function decodeLockHolder(text: string): LockHolder {
  const decoded = decodeRecord(text, FIELDS);
  return decoded.kind === "record" ? decoded.record : UNKNOWN_HOLDER;
}

/** `ana@build-7 (axon deploy, process 4711) since 2026-01-02T03:04:05Z`. */
export function describeLockHolder({ who, command, pid, since, link }: LockHolder): string {
  if (since === "") return who;
  return `${who} (${command}, process ${pid}) since ${since}${link ? `, ${link}` : ""}`;
}

const FIELDS: FieldTests<LockHolder> = {
  version: (value) => value === 1,
  who: isText,
  pid: Number.isInteger,
  command: isText,
  since: isText,
  ttlSeconds: (value) => typeof value === "number" && value > 0,
  link: maybe(isText),
};

const UNKNOWN_HOLDER: LockHolder = {
  version: 1,
  who: "somebody unknown",
  pid: 0,
  command: "",
  since: "",
  ttlSeconds: 15,
};

import type { TaskRecord } from "../live.ts";
import {
  type Decoded,
  decodeRecord,
  type FieldTests,
  isText,
  isTextTable,
  isTime,
} from "./json-record.ts";

export function encodeTaskRecord(record: TaskRecord): string {
  return JSON.stringify(record, undefined, 2);
}

export function decodeTaskRecord(text: string): Decoded<TaskRecord> {
  return decodeRecord(text, FIELDS);
}

const FIELDS: FieldTests<TaskRecord> = {
  version: (value) => value === 1,
  id: isText,
  exitCode: Number.isInteger,
  ended: (value) => ["exited", "timeout", "interrupted"].includes(value as string),
  finishedAt: isTime,
  inputs: isTextTable,
};

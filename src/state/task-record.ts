import type { TaskRecord } from "../live.ts";

export type DecodedTaskRecord =
  | { readonly kind: "record"; readonly record: TaskRecord }
  /** Why it cannot be used, for a reader. */
  | { readonly kind: "unusable"; readonly reason: string };

export function encodeTaskRecord(record: TaskRecord): string {
  return JSON.stringify(record, undefined, 2);
}

/** Never throws: what is in the store may have been written by anyone. */
export function decodeTaskRecord(text: string): DecodedTaskRecord {
  const value = parse(text);
  if (!isObject(value)) return { kind: "unusable", reason: "it is not a JSON object" };
  if (value.version !== 1) return { kind: "unusable", reason: versionProblem(value.version) };
  const bad = Object.keys(FIELDS).find((name) => !FIELDS[name as keyof TaskRecord](value[name]));
  if (bad !== undefined) return { kind: "unusable", reason: `its "${bad}" cannot be understood` };
  const { version, id, exitCode, ended, finishedAt, inputs } = value as unknown as TaskRecord;
  return { kind: "record", record: { version, id, exitCode, ended, finishedAt, inputs } };
}

const FIELDS: Record<keyof TaskRecord, (value: unknown) => boolean> = {
  version: (value) => value === 1,
  id: (value) => typeof value === "string",
  exitCode: (value) => Number.isInteger(value),
  ended: (value) => ["exited", "timeout", "interrupted"].includes(value as string),
  finishedAt: (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  inputs: (value) =>
    isObject(value) && Object.values(value).every((item) => typeof item === "string"),
};

function versionProblem(version: unknown): string {
  return typeof version === "number" && version > 1
    ? `it is of version ${version}, written by a newer Axon`
    : "it has no known version";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

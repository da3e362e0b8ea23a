/** What is in the store may have been written by anyone: nothing here throws. */

export type Decoded<T> =
  | { readonly kind: "record"; readonly record: T }
  /** Why it cannot be used, for a reader. */
  | { readonly kind: "unusable"; readonly reason: string };

/** One test for each field; what has no test is not taken over. */
export type FieldTests<T> = Readonly<Record<keyof T, (value: unknown) => boolean>>;

export function decodeRecord<T>(text: string, fields: FieldTests<T>): Decoded<T> {
  const value = parseJson(text);
  if (!isObject(value)) return { kind: "unusable", reason: "it is not a JSON object" };
  if (value.version !== 1) return { kind: "unusable", reason: versionProblem(value.version) };
  const names = Object.keys(fields) as (keyof T & string)[];
  const bad = names.find((name) => !fields[name](value[name]));
  if (bad !== undefined) return { kind: "unusable", reason: `its "${bad}" cannot be understood` };
  const known = names.filter((name) => name in value).map((name) => [name, value[name]] as const);
  return { kind: "record", record: Object.fromEntries(known) as T };
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

export function isTime(value: unknown): boolean {
  return isText(value) && !Number.isNaN(Date.parse(value));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Of texts by text. */
export function isTextTable(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isText);
}

export function isCountTable(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(Number.isInteger);
}

/** Either nothing or what fits. */
export function maybe(test: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === undefined || test(value);
}

function versionProblem(version: unknown): string {
  return typeof version === "number" && version > 1
    ? `it is of version ${version}, written by a newer Axon`
    : "it has no known version";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What Caddy's configuration is made of. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

export function objectAt(parent: Json | undefined, key: string): JsonObject | undefined {
  return isObject(parent) && isObject(parent[key]) ? parent[key] : undefined;
}

export function listAt(parent: Json | undefined, key: string): readonly Json[] {
  const found = isObject(parent) ? parent[key] : undefined;
  return Array.isArray(found) ? found : [];
}

export function textAt(parent: Json | undefined, key: string): string | undefined {
  const found = isObject(parent) ? parent[key] : undefined;
  return typeof found === "string" ? found : undefined;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** Without a list that is empty, and without what holds nothing but that. */
export function withList(
  config: JsonObject,
  path: readonly string[],
  list: readonly Json[],
): JsonObject {
  const [key = "", ...rest] = path;
  const { [key]: there, ...others } = config;
  if (rest.length === 0) return list.length === 0 ? others : { ...others, [key]: list };
  const part = withList(asObject(there), rest, list);
  return Object.keys(part).length === 0 ? others : { ...others, [key]: part };
}

/** Path to text of everything in it, with `/` between the parts. */
export function flatten(value: Json, path: string): readonly (readonly [string, string])[] {
  if (typeof value !== "object" || value === null) return [[path, String(value)]];
  const parts = Object.entries(value);
  return parts.flatMap(([key, part]) => flatten(part, `${path}/${key}`));
}

/** Whatever the order of keys. */
export function isSame(a: Json, b: Json): boolean {
  const [first, second] = [a, b].map((value) => JSON.stringify([...flatten(value, "")].sort()));
  return first === second;
}

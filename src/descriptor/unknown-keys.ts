import schema from "../../schema/descriptor.schema.json" with { type: "json" };
import { nearest } from "../servicefile/nearest.ts";
import type { Format } from "./check-schema.ts";
import { isMap } from "./parse-label.ts";
import { showPath } from "./schema-problems.ts";

type Path = readonly (string | number)[];
type Schema = Readonly<Record<string, unknown>>;

const DEFINITIONS: Schema = schema.$defs;

/** A sentence for each key that the schema does not know. `x-*` is the author's own. */
export function unknownKeys(format: Format, value: unknown): string[] {
  return walk(format === "native" ? schema : resolve(schema.$defs.appMetadata), value, []);
}

function walk(rule: Schema, value: unknown, path: Path): string[] {
  if (Array.isArray(value)) {
    const items = resolve(rule.items);
    return value.flatMap((item, index) => walk(items, item, [...path, index]));
  }
  if (!isMap(value)) return [];
  return Object.keys(value).flatMap((key) => walkKey(rule, value[key], [...path, key]));
}

function walkKey(rule: Schema, value: unknown, path: Path): string[] {
  const key = String(path.at(-1));
  const known = isMap(rule.properties) ? rule.properties : {};
  if (Object.hasOwn(known, key)) return walk(resolve(known[key]), value, path);
  if (isMap(rule.additionalProperties))
    return walk(resolve(rule.additionalProperties), value, path);
  if (key.startsWith("x-")) return [];
  const near = nearest(key, Object.keys(known));
  const guess = near === undefined ? "" : ` (did you mean "${near}"?)`;
  return [`${showPath(path)} is not a known key${guess}`];
}

function resolve(rule: unknown): Schema {
  if (!isMap(rule)) return {};
  const name =
    String(rule.$ref ?? "")
      .split("/")
      .at(-1) ?? "";
  const target = DEFINITIONS[name];
  return isMap(target) ? { ...target, ...rule } : rule;
}

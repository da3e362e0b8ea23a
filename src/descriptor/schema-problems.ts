import type { ErrorObject } from "ajv";
import { looksSecret } from "../secret.ts";
import { isMap } from "./parse-label.ts";

/** Each complaint of the schema as one sentence that begins with the path; one sentence per place. */
export function schemaProblems(errors: readonly ErrorObject[]): string[] {
  const byPath = new Map<string, string>();
  for (const error of errors) {
    const [path, sentence] = describe(error);
    if (path !== undefined && !byPath.has(path)) byPath.set(path, sentence);
  }
  return [...byPath.values()];
}

/** Joined by dots; the indices of lists in brackets. */
export function showPath(path: readonly (string | number)[]): string {
  return path
    .map((part, index) =>
      /^\d+$/.test(String(part)) ? `[${part}]` : index === 0 ? part : `.${part}`,
    )
    .join("");
}

function describe(error: ErrorObject): [string | undefined, string] {
  const path = error.instancePath.split("/").slice(1).map(unescapePointer);
  const wanted = `must be ${error.parentSchema?.["x-must-be"]}`;
  if (error.propertyName !== undefined) {
    const key = showPath([...path, error.propertyName]);
    return [key, `${key}: the name ${wanted}`];
  }
  if (error.keyword === "required") {
    const missing = showPath([...path, String(error.params.missingProperty)]);
    return [missing, `${missing} is missing`];
  }
  // Says once more what the complaint about the name itself has said.
  if (error.keyword === "propertyNames") return [undefined, ""];
  const at = showPath(path);
  return [at, `${at || "it"} ${wanted}, and is ${show(error, path)}`];
}

function show({ data }: ErrorObject, path: readonly string[]): string {
  if (Array.isArray(data)) return data.length === 0 ? "an empty list" : "a list";
  if (isMap(data)) return Object.keys(data).length === 0 ? "an empty map" : "a map";
  if (data === null || data === undefined) return "empty";
  if (path.some(looksSecret)) return "something else";
  const text = JSON.stringify(data);
  return text.length > 60 ? `${text.slice(0, 57)}..."` : text;
}

function unescapePointer(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}

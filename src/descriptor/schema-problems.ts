import type { ErrorObject } from "ajv";
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
  return [at, `${at || "it"} ${wanted}${andIs(error)}`];
}

/** The wrong value; nothing where it could be a secret that was written in a wrong place. */
function andIs({ data, parentSchema }: ErrorObject): string {
  if (Array.isArray(data)) return `, and is ${data.length === 0 ? "an empty list" : "a list"}`;
  if (isMap(data)) return `, and is ${Object.keys(data).length === 0 ? "an empty map" : "a map"}`;
  if (data === null || data === undefined) return ", and is empty";
  if (parentSchema?.["x-hidden"] === true) return "";
  const text = JSON.stringify(data);
  return `, and is ${text.length > 60 ? `${text.slice(0, 57)}...` : text}`;
}

function unescapePointer(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}

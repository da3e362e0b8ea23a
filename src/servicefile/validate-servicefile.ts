import type { ErrorObject, ValidateFunction } from "ajv";
import { compileSchemas } from "./compile-schema.ts";
import type { Path } from "./yaml/tree.ts";

/** What the schema has against a file, before it is said in words. At most one for each path. */
export type SchemaProblem = { readonly path: Path } & (
  | { readonly kind: "unknown-key"; readonly known: readonly string[] }
  | { readonly kind: "missing-key"; readonly key: string }
  | { readonly kind: "bad-key"; readonly expected: string }
  | { readonly kind: "bad-value"; readonly expected: string }
);

let compiled: ValidateFunction | undefined;

export function validateServicefile(value: unknown): readonly SchemaProblem[] {
  compiled ??= compileSchemas().servicefile;
  if (compiled(value)) return [];
  const byPath = new Map<string, SchemaProblem>();
  for (const error of compiled.errors ?? []) {
    const problem = toProblem(error);
    const key = JSON.stringify(problem?.path);
    if (problem && !byPath.has(key)) byPath.set(key, problem);
  }
  return [...byPath.values()].filter(({ path }) => !isBelowRefusedKey(path, byPath));
}

/** Below a key that cannot stand there, nothing else is worth saying. */
function isBelowRefusedKey(path: Path, byPath: ReadonlyMap<string, SchemaProblem>): boolean {
  return path.some((_, length) => {
    const above = byPath.get(JSON.stringify(path.slice(0, length)));
    return above?.kind === "unknown-key" || above?.kind === "bad-key";
  });
}

interface AnnotatedSchema {
  readonly errorMessage?: string;
  /** The same for a map of known keys, about whose unknown keys editors would say it, too. */
  readonly typeMessage?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly propertyNames?: AnnotatedSchema;
}

function toProblem(error: ErrorObject): SchemaProblem | undefined {
  const path = pathOf(error.instancePath);
  const annotated = error.parentSchema as AnnotatedSchema;
  const expected =
    annotated.errorMessage ?? annotated.typeMessage ?? error.message ?? "is not valid";
  if (error.keyword === "additionalProperties") {
    const known = Object.keys(annotated.properties ?? {});
    return { kind: "unknown-key", path: [...path, error.params.additionalProperty], known };
  }
  if (error.keyword === "required") {
    return { kind: "missing-key", path, key: error.params.missingProperty };
  }
  // The complaint about a key comes twice: from its own schema, and from the map that holds it.
  if (error.keyword === "propertyNames") return undefined;
  if (error.propertyName !== undefined) {
    return { kind: "bad-key", path: [...path, error.propertyName], expected };
  }
  return { kind: "bad-value", path, expected };
}

/** List indices become text here; `nodeAt` finds them all the same. */
function pathOf(instancePath: string): string[] {
  const parts = instancePath.split("/").slice(1);
  return parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

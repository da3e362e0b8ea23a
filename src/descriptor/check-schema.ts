import type { ErrorObject, ValidateFunction } from "ajv";
import { compileSchemas } from "./compile-schema.ts";

export type Format = "native" | "appMetadata";

let compiled: Record<Format, ValidateFunction> | undefined;

/** What the schema has against the value. */
export function checkSchema(format: Format, value: unknown): readonly ErrorObject[] {
  compiled ??= compileSchemas();
  const validate = compiled[format];
  validate(value);
  return validate.errors ?? [];
}

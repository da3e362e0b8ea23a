import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import schema from "../../schema/descriptor.schema.json" with { type: "json" };

export type Format = "native" | "appMetadata";

let compiled: Record<Format, ValidateFunction> | undefined;

/** What the schema has against the value. The one place that knows ajv: a precompiled validator fits here. */
export function checkSchema(format: Format, value: unknown): readonly ErrorObject[] {
  compiled ??= compile();
  const validate = compiled[format];
  validate(value);
  return validate.errors ?? [];
}

function compile(): Record<Format, ValidateFunction> {
  const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false });
  const native = ajv.compile(schema);
  return { native, appMetadata: ajv.compile({ $ref: `${schema.$id}#/$defs/appMetadata` }) };
}

import type { CodeOptions, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import schema from "../../schema/descriptor.schema.json" with { type: "json" };
import type { Format } from "./check-schema.ts";

/** In the bundle this module is replaced by the code that ajv makes of the schema. */
export function createAjv(code: CodeOptions = {}): Ajv2020 {
  return new Ajv2020({ allErrors: true, verbose: true, strict: false, code }).addSchema(schema);
}

export const REFERENCES: Record<Format, string> = {
  native: schema.$id,
  appMetadata: `${schema.$id}#/$defs/appMetadata`,
};

export function compileSchemas(): Record<Format, ValidateFunction> {
  const ajv = createAjv();
  const get = (format: Format) => ajv.getSchema(REFERENCES[format]) as ValidateFunction;
  return { native: get("native"), appMetadata: get("appMetadata") };
}

import type { CodeOptions, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import schema from "../../schema/servicefile.schema.json" with { type: "json" };

/** In the bundle this module is replaced by the code that ajv makes of the schema. */
export function createAjv(code: CodeOptions = {}): Ajv2020 {
  const options = { allErrors: true, strict: true, allowUnionTypes: true, verbose: true, code };
  return new Ajv2020(options).addVocabulary(["errorMessage", "typeMessage"]).addSchema(schema);
}

export const REFERENCES = { servicefile: schema.$id };

export function compileSchemas(): Record<keyof typeof REFERENCES, ValidateFunction> {
  return { servicefile: createAjv().getSchema(REFERENCES.servicefile) as ValidateFunction };
}

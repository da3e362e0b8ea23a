import type { Context } from "../context.ts";
import { deploymentName, loadServicefile } from "../load-servicefile.ts";
import type { VariableOptions } from "../read-variables.ts";
import { type TargetOptions, withTarget } from "../target.ts";

export interface ValidateOptions extends VariableOptions, TargetOptions {
  readonly file: string;
  readonly deployment: string | undefined;
}

/** Checks what can be checked without an engine: the file alone. */
export async function runValidate(given: ValidateOptions, context: Context): Promise<number> {
  const options = await withTarget(given, context);
  const servicefile = await loadServicefile(options.file, context, options);
  const deployment = deploymentName(servicefile, options.deployment, context);
  const count = Object.keys(servicefile.services).length;
  const services = count === 1 ? "1 service" : `${count} services`;
  context.stdout.write(`${options.file} is valid: deployment ${deployment}, ${services}.\n`);
  return 0;
}

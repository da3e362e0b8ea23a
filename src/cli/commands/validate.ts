import { AxonError, AxonErrors } from "../../errors.ts";
import type { Context } from "../context.ts";
import { deploymentName, loadServicefile } from "../load-servicefile.ts";
import { type Check, checkTitle, validationAsJson } from "../output/validation.ts";
import type { VariableOptions } from "../read-variables.ts";
import { reportFailure } from "../report-failure.ts";
import { withTarget } from "../target.ts";

export interface ValidateOptions extends VariableOptions {
  readonly files: readonly string[];
  /** Each file is checked for each of them; none: without a target. */
  readonly targets: readonly string[];
  readonly deployment: string | undefined;
  readonly json: boolean;
}

/** Checks what can be checked without an engine: the files alone. */
export async function runValidate(options: ValidateOptions, context: Context): Promise<number> {
  const targets = options.targets.length > 0 ? options.targets : [undefined];
  const wanted = options.files.flatMap((file) => targets.map((target) => ({ file, target })));
  const checks: Check[] = [];
  for (const one of wanted) checks.push(await check({ ...options, ...one }, context));
  if (options.json) {
    context.stdout.write(`${JSON.stringify(validationAsJson(checks), undefined, 2)}\n`);
  } else {
    for (const one of checks) await tell(one, checks.length > 1, context);
  }
  return checks.find(({ failure }) => failure !== undefined)?.failure?.exitCode ?? 0;
}

interface Wanted extends ValidateOptions {
  readonly file: string;
  readonly target: string | undefined;
}

async function check(given: Wanted, context: Context): Promise<Check> {
  const { file, target } = given;
  try {
    const options = await withTarget(given, context);
    const servicefile = await loadServicefile(file, context, options);
    const deployment = deploymentName(servicefile, options.deployment, context);
    const services = Object.keys(servicefile.services).sort();
    return { file, target, deployment, services };
  } catch (failure) {
    if (!(failure instanceof AxonError || failure instanceof AxonErrors)) throw failure;
    return { file, target, failure };
  }
}

async function tell(one: Check, isOneOfMany: boolean, context: Context): Promise<void> {
  if (one.failure !== undefined) {
    if (isOneOfMany) context.stderr.write(`${checkTitle(one)} is not valid:\n`);
    await reportFailure(one.failure, context);
    return;
  }
  const { deployment, services } = one;
  const count = services.length === 1 ? "1 service" : `${services.length} services`;
  context.stdout.write(`${checkTitle(one)} is valid: deployment ${deployment}, ${count}.\n`);
}

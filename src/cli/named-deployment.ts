import { AxonError } from "../errors.ts";
import type { Context } from "./context.ts";

export interface NamedFlags {
  readonly deployment?: string;
  readonly target?: string;
  /** The Servicefile. */
  readonly file: string;
  readonly allowOutside: boolean;
  readonly docker?: string;
  readonly kv?: string;
  readonly router?: string;
}

/**
 * The deployment that `-D` or a target names, and where it is. A target that names none has that of the Servicefile,
 * as it has for a deploy.
 */
export async function namedDeployment<T extends NamedFlags>(
  flags: T,
  context: Context,
): Promise<T & { readonly deployment: string }> {
  const options = flags.target === undefined ? flags : await ofTarget(flags, context);
  const { deployment } = options;
  if (deployment !== undefined) return { ...options, deployment };
  throw new AxonError("USAGE", "it is not said which deployment is meant", {
    hint: "Give -D NAME, or --target NAME.",
  });
}

async function ofTarget<T extends NamedFlags>(flags: T, context: Context): Promise<T> {
  const [{ withTarget }, { deploymentName, loadServicefile }] = await Promise.all([
    import("./target.ts"),
    import("./load-servicefile.ts"),
  ]);
  const options = await withTarget(flags, context);
  if (options.deployment !== undefined) return options;
  const servicefile = await loadServicefile(options.file, context, options);
  return { ...options, deployment: deploymentName(servicefile, undefined, context) };
}

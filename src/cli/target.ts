import { dirname, join, resolve } from "node:path";
import { AxonError } from "../errors.ts";
import { nearest } from "../servicefile/nearest.ts";
import { parseTargets } from "../targets/parse-targets.ts";
import type { Target } from "../targets/target.ts";
import type { Context } from "./context.ts";
import { unreadable } from "./unreadable.ts";

export const TARGETS_FILE = "axon.yaml";

export interface TargetOptions {
  /** `--target NAME`, of the axon.yaml beside the Servicefile. */
  readonly target?: string | undefined;
  /** axon.yaml and the overlays that it names may lie outside of the directory of the Servicefile. */
  readonly allowOutside?: boolean;
}

interface Given extends TargetOptions {
  readonly file: string;
  readonly deployment?: string | undefined;
  readonly docker?: string | undefined;
  readonly kv?: string | undefined;
  readonly router?: string | undefined;
}

/** The options with what the target says where they say nothing. */
export async function withTarget<T extends Given>(
  options: T,
  context: Context,
): Promise<T & { readonly place?: Target }> {
  if (options.target === undefined) return options;
  const place = await readTarget({ ...options, target: options.target }, context);
  return {
    ...options,
    place,
    deployment: options.deployment ?? place.deployment,
    docker: options.docker ?? place.docker,
    // AXON_KV is for this one run, and wins.
    kv: options.kv ?? (context.env.AXON_KV ? undefined : place.kv),
    router: options.router ?? (context.env.AXON_ROUTER ? undefined : place.router),
  };
}

interface TargetOf {
  readonly file: string;
  readonly target: string;
  readonly allowOutside?: boolean;
}

async function readTarget(of: TargetOf, context: Context): Promise<Target> {
  const { target: name, allowOutside } = of;
  const file = join(dirname(of.file), TARGETS_FILE);
  const path = resolve(context.cwd, file);
  const text = await context
    .readFile(path, allowOutside ? undefined : dirname(path))
    .catch((cause) => {
      throw unreadable(file, { cause, hint: "--target names one of the targets in it." });
    });
  const targets = parseTargets({ file, text, allowOutside });
  const found = targets.find((target) => target.name === name);
  if (found !== undefined) return found;
  const names = targets.map((target) => target.name);
  const near = nearest(name, names);
  throw new AxonError("TARGET_UNKNOWN", `${file} has no target ${JSON.stringify(name)}`, {
    hint: near ? `Did you mean ${near}?` : `Its targets are: ${names.join(", ") || "none"}`,
  });
}

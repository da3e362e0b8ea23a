import { basename, dirname, resolve } from "node:path";
import { AxonError } from "../errors.ts";
import {
  type ParseOptions,
  parseServicefile,
  type SourceText,
} from "../servicefile/parse-servicefile.ts";
import type { Servicefile } from "../servicefile/servicefile.ts";
import type { Context } from "./context.ts";
import { readOtherFiles } from "./read-other-files.ts";
import { readVariables, type VariableOptions } from "./read-variables.ts";
import { unreadable } from "./unreadable.ts";

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export interface LoadOptions extends VariableOptions {
  /** `-D NAME` */
  readonly deployment?: string | undefined;
}

export async function loadServicefile(
  file: string,
  context: Context,
  options: LoadOptions = {},
): Promise<Servicefile> {
  const { source, given } = await readSources(file, context, options);
  return parseServicefile(source, given);
}

/** The Servicefile's text, and all that is said elsewhere. */
export async function readSources(
  file: string,
  context: Context,
  options: LoadOptions,
): Promise<{ readonly source: SourceText; readonly given: ParseOptions }> {
  const text = await read(file, context);
  const { overlays = [], scale = {} } = options.place ?? {};
  const { allowOutside = false } = options;
  const [variables, others] = await Promise.all([
    readVariables(file, options, context),
    readOtherFiles({ file, text }, { overlays, allowOutside }, context),
  ]);
  const deploymentName = (declared: string | undefined) => {
    if (options.deployment !== undefined)
      return { name: options.deployment, origin: saidBy(options) };
    if (declared !== undefined) return undefined;
    return { name: directoryName(file, context.cwd), origin: "the directory's name" };
  };
  return { source: { file, text }, given: { variables, others, scale, deploymentName } };
}

function saidBy({ deployment, place }: LoadOptions): string {
  return place !== undefined && place.deployment === deployment ? `target ${place.name}` : "-D";
}

/** What `-D` says, else the file's `Deployment`, else the name of the directory that the file is in. */
export function deploymentName(
  servicefile: Servicefile,
  flag: string | undefined,
  { cwd, env }: Context,
): string {
  const name = flag ?? servicefile.deployment ?? directoryName(servicefile.file, cwd);
  const isFromDirectory = flag === undefined && servicefile.deployment === undefined;
  checkDeploymentName(name, isFromDirectory ? "the directory's name" : "the deployment's name");
  checkNotReserved(name, env);
  return name;
}

function directoryName(file: string, cwd: string): string {
  return basename(dirname(resolve(cwd, file))).toLowerCase();
}

export function checkDeploymentName(name: string, what = "the deployment's name"): void {
  if (LABEL.test(name)) return;
  throw new AxonError(
    "DEPLOYMENT_NAME_INVALID",
    `${what} ${JSON.stringify(name)} is not made of lower-case letters, digits and inner hyphens`,
    { hint: "Give a name with -D NAME." },
  );
}

/** The reserved deployment keeps the managed store, and only Axon itself changes it. */
export function systemName(env: Context["env"]): string {
  return env.AXON_SYSTEM ?? "system";
}

function checkNotReserved(name: string, env: Context["env"]): void {
  if (name !== systemName(env) && name !== "system") return;
  throw new AxonError(
    "DEPLOYMENT_NAME_INVALID",
    `the name ${name} is reserved for Axon's own store`,
    {
      hint: "Give another name with -D NAME.",
    },
  );
}

async function read(file: string, context: Context): Promise<string> {
  try {
    return await context.readFile(resolve(context.cwd, file));
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const hint = isMissing ? "Name the Servicefile: axon plan PATH." : undefined;
    throw unreadable(file, { hint, cause });
  }
}

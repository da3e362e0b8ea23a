import { basename, dirname, resolve } from "node:path";
import { AxonError, type AxonErrorOptions } from "../errors.ts";
import { parseServicefile } from "../servicefile/parse-servicefile.ts";
import type { Servicefile } from "../servicefile/servicefile.ts";
import type { Context } from "./context.ts";

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export async function loadServicefile(file: string, context: Context): Promise<Servicefile> {
  return parseServicefile({ file, text: await read(file, context) });
}

/** What `-D` says, else the file's `Deployment`, else the name of the directory that the file is in. */
export function deploymentName(
  servicefile: Servicefile,
  flag: string | undefined,
  { cwd, env }: Context,
): string {
  const directory = basename(dirname(resolve(cwd, servicefile.file)));
  const name = flag ?? servicefile.deployment ?? directory.toLowerCase();
  const isFromDirectory = flag === undefined && servicefile.deployment === undefined;
  checkDeploymentName(name, isFromDirectory ? "the directory's name" : "the deployment's name");
  checkNotReserved(name, env);
  return name;
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

export function unreadable(file: string, options: AxonErrorOptions): AxonError {
  const { code } = options.cause as NodeJS.ErrnoException;
  return new AxonError("FILE_UNREADABLE", `${file} ${reason(code)}`, options);
}

function reason(code: string | undefined): string {
  if (code === "ENOENT") return "is not there";
  if (code === "EISDIR") return "is a directory";
  if (code === "EACCES") return "must not be read by this user";
  if (code === "ENCODING") return "is not UTF-8 text";
  return `cannot be read (${code ?? "unknown reason"})`;
}

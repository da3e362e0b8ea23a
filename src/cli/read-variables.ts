import { dirname, join, resolve } from "node:path";
import { AxonError, throwAll } from "../errors.ts";
import { parseEnvFile } from "../servicefile/env-file.ts";
import {
  type VariableLayer,
  type Variables,
  variablesFrom,
} from "../servicefile/interpolate/variables.ts";
import type { Target } from "../targets/target.ts";
import type { Context } from "./context.ts";
import { unreadable } from "./unreadable.ts";

export interface VariableOptions {
  /** The target, of `--target`. */
  readonly place?: Target;
  /** `--set NAME=value` */
  readonly set?: Readonly<Record<string, string>>;
  /** `--env-file PATH`; a later one wins. */
  readonly envFiles?: readonly string[];
  /** What the Servicefile and its target name may lie outside of its directory. */
  readonly allowOutside?: boolean;
}

/** Strongest first: what is set, files, the environment, the target, `.env` beside the Servicefile. */
export async function readVariables(
  servicefile: string,
  { set = {}, envFiles = [], place, allowOutside = false }: VariableOptions,
  context: Context,
): Promise<Variables> {
  const beside = join(dirname(servicefile), ".env");
  const within = allowOutside ? undefined : resolve(context.cwd, dirname(servicefile));
  const [dotEnv, ...files] = await Promise.all([
    readLayer({ file: beside, within }, context).catch(noneIfMissing),
    ...envFiles.toReversed().map((file) => readLayer({ file }, context)),
  ]);
  return variablesFrom([
    { source: "--set", values: set },
    ...files,
    { source: "environment", values: context.env },
    ...(place ? [{ source: `target ${place.name}`, values: place.vars }] : []),
    ...(dotEnv ? [dotEnv] : []),
  ]);
}

interface LayerFile {
  readonly file: string;
  /** Not given: a person has named the file, wherever it is. */
  readonly within?: string | undefined;
}

async function readLayer({ file, within }: LayerFile, context: Context): Promise<VariableLayer> {
  const path = resolve(context.cwd, file);
  const text = await context.readFile(path, within).catch((cause: unknown) => {
    throw unreadable(file, { cause });
  });
  const { entries, problems } = parseEnvFile(text);
  throwAll(
    problems.map(
      ({ line, says }) => new AxonError("SERVICEFILE_INVALID", `${file}:${line} ${says}`),
    ),
  );
  return { source: file, values: Object.fromEntries(entries) };
}

function noneIfMissing(error: unknown): undefined {
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  if (cause?.code !== "ENOENT") throw error;
}

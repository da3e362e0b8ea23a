import { dirname, resolve } from "node:path";
import type { Inputs } from "../build-model/build-input.ts";
import { AxonError, throwAll } from "../errors.ts";
import { own } from "../own.ts";
import type { FileNeed, Servicefile } from "../servicefile/servicefile.ts";
import type { Context } from "./context.ts";
import { besideServicefile } from "./read-other-files.ts";
import { unreadable } from "./unreadable.ts";

export interface InputOptions {
  /** What the Servicefile names may lie outside of its directory. */
  readonly allowOutside?: boolean;
}

/** Reads what the Servicefile names. All that cannot be read is told at once. */
export async function readInputs(
  servicefile: Servicefile,
  context: Context,
  { allowOutside = false }: InputOptions = {},
): Promise<Inputs> {
  const directory = dirname(resolve(context.cwd, servicefile.file));
  const from = { servicefile, within: allowOutside ? undefined : directory };
  const { files, env } = servicefile.needs;
  const errors: AxonError[] = [];
  const texts = await Promise.all(
    files.map((need) =>
      readInput(need, from, context).catch((error: unknown) => {
        if (!(error instanceof AxonError)) throw error;
        errors.push(error);
        return "";
      }),
    ),
  );
  throwAll(errors);
  return {
    files: Object.fromEntries(files.map(({ file }, index) => [file, texts[index] ?? ""])),
    env: Object.fromEntries(env.map((name) => [name, own(context.env, name)])),
    directory,
  };
}

async function readInput(
  { file, path }: FileNeed,
  { servicefile, within }: { servicefile: Servicefile; within: string | undefined },
  context: Context,
): Promise<string> {
  const shown = besideServicefile(servicefile.file, file);
  try {
    return await context.readFile(resolve(context.cwd, shown), within);
  } catch (cause) {
    throw unreadable(shown, { cause, at: servicefile.locate(path) });
  }
}

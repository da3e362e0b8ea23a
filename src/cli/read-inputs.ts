import { dirname, join, resolve } from "node:path";
import type { Inputs } from "../build-model/build-input.ts";
import { AxonError, throwAll } from "../errors.ts";
import type { FileNeed, Servicefile } from "../servicefile/servicefile.ts";
import type { Context } from "./context.ts";
import { unreadable } from "./unreadable.ts";

/** Reads what the Servicefile names. All that cannot be read is told at once. */
export async function readInputs(servicefile: Servicefile, context: Context): Promise<Inputs> {
  const { files, env } = servicefile.needs;
  const errors: AxonError[] = [];
  const texts = await Promise.all(
    files.map((need) =>
      readInput(need, servicefile, context).catch((error: unknown) => {
        if (!(error instanceof AxonError)) throw error;
        errors.push(error);
        return "";
      }),
    ),
  );
  throwAll(errors);
  return {
    files: Object.fromEntries(files.map(({ file }, index) => [file, texts[index] ?? ""])),
    env: Object.fromEntries(env.map((name) => [name, context.env[name]])),
    directory: dirname(resolve(context.cwd, servicefile.file)),
  };
}

async function readInput(
  { file, path }: FileNeed,
  servicefile: Servicefile,
  context: Context,
): Promise<string> {
  const shown = join(dirname(servicefile.file), file);
  try {
    return await context.readFile(resolve(context.cwd, shown));
  } catch (cause) {
    throw unreadable(shown, { cause, at: servicefile.locate(path) });
  }
}

import { basename, dirname, relative, resolve } from "node:path";
import { AxonError } from "../../errors.ts";
import { importCompose } from "../../importing/compose/import-compose.ts";
import type { SourceFile } from "../../importing/source-file.ts";
import type { Context } from "../context.ts";
import { renderRemarks } from "../output/remarks.ts";
import { readVariables } from "../read-variables.ts";
import { unreadable } from "../unreadable.ts";

export interface ImportOptions {
  readonly format: "compose";
  readonly files: readonly string[];
  readonly envFiles: readonly string[];
  /** Where the Servicefile is written; undefined: to stdout. */
  readonly output: string | undefined;
  readonly force: boolean;
}

/** Writes a Servicefile that deploys to the same as the files, and tells what is lost on the way. */
export async function runImport(options: ImportOptions, context: Context): Promise<number> {
  const [first = "compose.yaml"] = options.files;
  const home = dirname(resolve(context.cwd, options.output ?? first));
  const files = await Promise.all(options.files.map((file) => readSourceFile(file, home, context)));
  const variables = await readVariables(first, options, context);
  const projectName = basename(dirname(resolve(context.cwd, first))).toLowerCase();
  const { text, remarks } = importCompose({ files, variables, projectName });
  if (options.output === undefined) context.stdout.write(text);
  else await write(options.output, text, { force: options.force, context });
  context.stderr.write(renderRemarks(remarks, context.errorPalette));
  return 0;
}

async function readSourceFile(file: string, home: string, context: Context): Promise<SourceFile> {
  const path = resolve(context.cwd, file);
  const text = await context.readFile(path).catch((cause: unknown) => {
    throw unreadable(file, { cause });
  });
  return { file, text, directory: relative(home, dirname(path)) };
}

async function write(
  file: string,
  text: string,
  { force, context }: { readonly force: boolean; readonly context: Context },
): Promise<void> {
  try {
    await context.writeShared(resolve(context.cwd, file), text, force);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST") {
      const hint = "Give another name with --output, or write over it with --force.";
      throw new AxonError("USAGE", `${file} is there already`, { hint, cause });
    }
    throw new AxonError("USAGE", `${file} cannot be written (${code ?? "unknown reason"})`, {
      cause,
    });
  }
}

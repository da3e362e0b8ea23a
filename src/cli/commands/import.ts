import { basename, dirname, relative, resolve } from "node:path";
import { AxonError } from "../../errors.ts";
import { importCompose } from "../../importing/compose/import-compose.ts";
import { importDockerConfig } from "../../importing/docker-config/import-docker-config.ts";
import type { Imported } from "../../importing/imported.ts";
import { type Found, OtherTexts } from "../../importing/other-texts.ts";
import type { SourceFile } from "../../importing/source-file.ts";
import type { Context } from "../context.ts";
import { renderRemarks } from "../output/remarks.ts";
import { safeText } from "../output/safe-text.ts";
import { readVariables } from "../read-variables.ts";
import { unreadable } from "../unreadable.ts";
import { unwritable } from "../unwritable.ts";

export interface ImportOptions {
  readonly format: "compose" | "docker-config";
  readonly files: readonly string[];
  readonly profiles: readonly string[];
  readonly envFiles: readonly string[];
  /** Where the Servicefile is written; undefined: to stdout. */
  readonly output: string | undefined;
  readonly force: boolean;
}

/** Writes a Servicefile that deploys to the same as the files, and tells what is lost on the way. */
export async function runImport(options: ImportOptions, context: Context): Promise<number> {
  const { text, remarks } = await imported(options, context);
  if (options.output === undefined)
    context.stdout.write(context.stdout.isTerminal ? safeText(text) : text);
  else await write(options.output, text, { force: options.force, context });
  const { stderr, errorPalette } = context;
  stderr.write(
    renderRemarks(remarks, errorPalette, stderr.isTerminal ? stderr.columns : undefined),
  );
  return 0;
}

async function imported(options: ImportOptions, context: Context): Promise<Imported> {
  const [first = ""] = options.files;
  const home = dirname(resolve(context.cwd, options.output ?? first));
  const project = dirname(resolve(context.cwd, first));
  const [files, variables] = await Promise.all([
    Promise.all(options.files.map((file) => readSourceFile(file, { home, project }, context))),
    readVariables(first, options, context),
  ]);
  const fromEnv = context.env.COMPOSE_PROFILES?.split(",") ?? [];
  const profiles = [...options.profiles, ...fromEnv].map((profile) => profile.trim());
  const projectName = basename(project).toLowerCase();
  const known = { files, variables, profiles, projectName };
  const attempt = options.format === "compose" ? importCompose : importDockerConfig;
  return withOthers(home, (others) => attempt({ ...known, others }), context);
}

/** Reads what the files name, and what that names, until all is there. */
async function withOthers(
  home: string,
  attempt: (others: OtherTexts) => Imported | undefined,
  context: Context,
): Promise<Imported> {
  const known = new Map<string, Found>();
  const shown = (path: string) => relative(context.cwd, resolve(home, path)) || path;
  for (;;) {
    const others = new OtherTexts((path) => known.get(path), shown);
    const done = attempt(others);
    if (done !== undefined) return done;
    for (const path of others.wanted) known.set(path, await lookAt(resolve(home, path), context));
  }
}

async function lookAt(path: string, context: Context): Promise<Found> {
  try {
    return { isThere: true, text: await context.readFile(path) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { isThere: code !== "ENOENT" && code !== "ENOTDIR" };
  }
}

/** Compose sees the paths of all its files from the directory of the first one. */
async function readSourceFile(
  file: string,
  { home, project }: { readonly home: string; readonly project: string },
  context: Context,
): Promise<SourceFile> {
  const text = await context.readFile(resolve(context.cwd, file)).catch((cause: unknown) => {
    throw unreadable(file, { cause });
  });
  return { file, text, directory: relative(home, project) };
}

async function write(
  file: string,
  text: string,
  { force, context }: { readonly force: boolean; readonly context: Context },
): Promise<void> {
  try {
    await context.writeShared(resolve(context.cwd, file), text, force);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") {
      const hint = "Give another name with --output, or write over it with --force.";
      throw new AxonError("USAGE", `${file} is there already`, { hint, cause });
    }
    throw unwritable(file, cause);
  }
}

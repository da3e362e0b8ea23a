import { dirname, isAbsolute, join, resolve } from "node:path";
import { AxonError, type SourcePosition } from "../errors.ts";
import type { OtherFiles } from "../servicefile/layers/assemble.ts";
import { includedBy } from "../servicefile/layers/included-by.ts";
import type { Context } from "./context.ts";
import { unreadable } from "./unreadable.ts";

/** An overlay, and where it is named. */
export interface Overlay {
  /** From the directory of the Servicefile. */
  readonly path: string;
  readonly at?: SourcePosition;
}

export interface OtherFilesOptions {
  readonly overlays: readonly Overlay[];
  readonly allowOutside: boolean;
}

const MOST_FILES = 200;

/** All that a Servicefile includes, and the overlays with what they include. */
export async function readOtherFiles(
  { file, text }: { readonly file: string; readonly text: string },
  { overlays, allowOutside }: OtherFilesOptions,
  context: Context,
): Promise<OtherFiles> {
  const shown = (path: string) => besideServicefile(file, path);
  const within = allowOutside ? undefined : resolve(context.cwd, dirname(file));
  const texts = new Map<string, string>();
  const read = async ({ path, at }: Overlay): Promise<void> => {
    if (texts.has(path)) return;
    if (texts.size === MOST_FILES) throw tooMany(at);
    texts.set(path, "");
    const place = resolve(context.cwd, shown(path));
    const found = await context.readFile(place, within).catch((cause) => {
      throw unreadable(shown(path), { at, cause });
    });
    texts.set(path, found);
    const included = includedBy({ file: shown(path), text: found, path }, allowOutside);
    await Promise.all(included.map(read));
  };
  const included = includedBy({ file, text, path: undefined }, allowOutside);
  await Promise.all([...included, ...overlays].map(read));
  return {
    texts: Object.fromEntries(texts),
    overlays: overlays.map(({ path }) => path),
    allowOutside,
    shown,
  };
}

/** A path that stands in a file, as readers know it. */
export function besideServicefile(servicefile: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(servicefile), path);
}

function tooMany(at: SourcePosition | undefined): AxonError {
  const message = `the Servicefile is made of more than ${MOST_FILES} files`;
  return new AxonError("SERVICEFILE_INVALID", message, { at });
}

import { dirname, join, resolve } from "node:path";
import type { SourcePosition } from "../errors.ts";
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

/** All that a Servicefile includes, and the overlays with what they include. */
export async function readOtherFiles(
  { file, text }: { readonly file: string; readonly text: string },
  overlays: readonly Overlay[],
  context: Context,
): Promise<OtherFiles> {
  const shown = (path: string) => join(dirname(file), path);
  const texts = new Map<string, string>();
  const read = async ({ path, at }: Overlay): Promise<void> => {
    if (texts.has(path)) return;
    texts.set(path, "");
    const found = await context.readFile(resolve(context.cwd, shown(path))).catch((cause) => {
      throw unreadable(shown(path), { at, cause });
    });
    texts.set(path, found);
    await Promise.all(includedBy({ file: shown(path), text: found, path }).map(read));
  };
  await Promise.all([...includedBy({ file, text, path: undefined }), ...overlays].map(read));
  return {
    texts: Object.fromEntries(texts),
    overlays: overlays.map(({ path }) => path),
    shown,
  };
}

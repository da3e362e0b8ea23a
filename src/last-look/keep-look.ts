import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writePrivate } from "../cli/write-private.ts";
import type { LastLook } from "./last-look.ts";

const KEPT_MILLISECONDS = 30 * 24 * 60 * 60 * 1000;

/** Leaves the look for the next run, and removes those that nobody has left for a month. */
export async function keepLook(place: string, look: LastLook, now: Date): Promise<void> {
  const folder = dirname(place);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writePrivate(place, `${JSON.stringify(look)}\n`);
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (mtimeMs < now.getTime() - KEPT_MILLISECONDS) await rm(path, { force: true });
  }
}

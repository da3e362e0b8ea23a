import { lstat, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writePrivate } from "../cli/write-private.ts";
import type { LastLook } from "./last-look.ts";

const KEPT_MILLISECONDS = 30 * 24 * 60 * 60 * 1000;

/** Leaves the look for the next run, and removes those that nobody has left for a month. */
export async function keepLook(place: string, look: LastLook, now: Date): Promise<void> {
  const folder = dirname(place);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!(await isOurs(folder))) return;
  await writePrivate(place, `${JSON.stringify(look)}\n`);
  const names = await readdir(folder);
  const oldest = now.getTime() - KEPT_MILLISECONDS;
  await Promise.all(names.filter(isLook).map((name) => removeOld(join(folder, name), oldest)));
}

/** Nobody else can put something there, such as a link to what would be written over. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder);
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

function isLook(name: string): boolean {
  return /^[0-9a-f]{32}\.json$/.test(name);
}

async function removeOld(path: string, oldest: number): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found !== undefined && found.mtimeMs < oldest) await rm(path, { force: true });
}

import { randomBytes } from "node:crypto";
import { realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * For this user's eyes only, also where others could read what was there before. That stays as it was until all
 * is written. `mustBeNew`: rejects with EEXIST where a file is.
 */
export async function writePrivate(path: string, text: string, mustBeNew = false): Promise<void> {
  const there = mustBeNew ? undefined : await regularFile(path);
  if (there === undefined) {
    return writeFile(path, text, { mode: 0o600, flag: mustBeNew ? "wx" : "w" });
  }
  const beside = join(dirname(there), `.axon-${randomBytes(8).toString("hex")}`);
  try {
    await writeFile(beside, text, { mode: 0o600, flag: "wx" });
    await rename(beside, there);
  } catch (problem) {
    await rm(beside, { force: true });
    throw problem;
  }
}

/** Without symbolic links. undefined: nothing is there, or a device, a pipe, or what this process has open. */
async function regularFile(path: string): Promise<string | undefined> {
  if (/^\/(dev\/(fd|std)|proc\/)/.test(path)) return undefined;
  try {
    const real = await realpath(path);
    return (await stat(real)).isFile() ? real : undefined;
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw problem;
  }
}

import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { connect } from "node:net";
import { isAbsolute, join } from "node:path";
import { readText } from "../cli/read-text.ts";
import { FORMAT, type LastLook, type LookedAtFile, runAt } from "./last-look.ts";
import { readsTheSame } from "./repeat-look.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Run {
  /** Of the command, without the program. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  /** Changes with every build. */
  readonly program: string;
}

/** Where the look of such a run is kept; undefined: nowhere. */
export function placeOfLook({ args, cwd, env, program }: Run): string | undefined {
  const cache = cacheIn(env);
  // What is set on the command line may be a secret, and the name of a file is to be seen.
  if (cache === undefined || args.some((arg) => arg.startsWith("--set"))) return undefined;
  const hash = createHash("sha256").update(JSON.stringify([program, cwd, args]));
  return join(cache, "looks", `${hash.digest("hex").slice(0, 32)}.json`);
}

/** Paths that are not absolute count for nothing, as the XDG Base Directory Specification has it. */
function cacheIn(env: Environment): string | undefined {
  const { XDG_CACHE_HOME = "", HOME = "" } = env;
  const named = env.AXON_CACHE;
  if (named !== undefined) return isAbsolute(named) ? named : undefined;
  if (isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, "axon");
  return isAbsolute(HOME) && isOwn(HOME) ? join(HOME, ".cache", "axon") : undefined;
}

/** With `sudo` it may be somebody else's, who could not write into what is made there. */
function isOwn(home: string): boolean {
  try {
    return statSync(home).uid === process.getuid?.();
  } catch {
    return false;
  }
}

const MOST_BYTES = 16 * 1024 * 1024;

/** undefined: there is none, or one of another run, or one that somebody else could have written. */
export function readLook(place: string): LastLook | undefined {
  try {
    const look = JSON.parse(readOwn(place)) as LastLook;
    const isUsual = look.format === FORMAT && typeof look.says === "string";
    return isUsual && look.run === runAt(place) ? look : undefined;
  } catch {
    return undefined;
  }
}

function readOwn(place: string): string {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const fd = openSync(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const found = fstatSync(fd);
    const isOwnersOnly = found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
    if (!found.isFile() || !isOwnersOnly || found.size > MOST_BYTES) throw new Error("not ours");
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}

/** Longer than this, and the whole plan is made, which tells what is the matter. */
const LOOK_MILLISECONDS = 1_000;

/** What the run that left the look wrote, when all that it had read reads the same; else undefined. */
export async function lookAgain(look: LastLook, env: Environment): Promise<string | undefined> {
  const signal = AbortSignal.timeout(LOOK_MILLISECONDS);
  const readers = {
    env,
    sizeOf: async (path: string) => sizeOf(path),
    readFile: ({ path, within, size }: LookedAtFile) =>
      size === undefined ? Promise.resolve(undefined) : readText(path, { within, signal }),
    connectEngine: (path: string) => connect({ path }),
    connectStore: (host: string, port: number) => connect({ host, port }),
    signal,
  };
  try {
    return (await readsTheSame(look, readers)) ? look.says : undefined;
  } catch {
    return undefined;
  }
}

/** undefined: not there. Throws where it is none whose content stays: a pipe is read once only. */
function sizeOf(path: string): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile()) throw new Error(`${path} is no plain file`);
  return found?.size;
}

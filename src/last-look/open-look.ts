import { createHash } from "node:crypto";
import { fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { readText } from "../cli/read-text.ts";
import { FORMAT, type LastLook, type LookedAtFile } from "./last-look.ts";
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

function cacheIn({ AXON_CACHE, XDG_CACHE_HOME, HOME }: Environment): string | undefined {
  if (AXON_CACHE !== undefined) return AXON_CACHE || undefined;
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, "axon");
  return HOME ? join(HOME, ".cache", "axon") : undefined;
}

/** undefined: there is none, or one that somebody else could have written. */
export function readLook(place: string): LastLook | undefined {
  try {
    const fd = openSync(place, "r");
    const { uid, mode } = fstatSync(fd);
    if (uid !== process.getuid?.() || (mode & 0o077) !== 0) return undefined;
    const look = JSON.parse(readFileSync(fd, "utf8")) as LastLook;
    return look.format === FORMAT ? look : undefined;
  } catch {
    return undefined;
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

import { execFile } from "node:child_process";
import { hostname, userInfo } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { promisify } from "node:util";
import type { Context } from "./context.ts";

const run = promisify(execFile);

/** `ana@build-7` */
export function whoDeploys(env: Context["env"]): string {
  return `${env.AXON_USER ?? env.GITHUB_ACTOR ?? env.GITLAB_USER_LOGIN ?? userName()}@${hostname()}`;
}

/** Where a CI system shows the run, as far as it tells. */
export function ciLink(env: Context["env"]): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  if (server && repository && id) return `${server}/${repository}/actions/runs/${id}`;
  return env.CI_JOB_URL ?? env.BUILD_URL;
}

export interface Source {
  readonly commit: string;
  /** There are changes that are not committed, or the commit does not have the file at all. */
  readonly dirty: boolean;
}

/** The git commit that a file comes from; undefined where it is in no checkout, or git is not there. */
export async function sourceOf(file: string, { cwd }: Context): Promise<Source | undefined> {
  const path = resolve(cwd, file);
  const git = async (...args: readonly string[]) =>
    (await run("git", args, { cwd: dirname(path), timeout: 5_000 })).stdout.trim();
  try {
    const [commit, changes, known] = await Promise.all([
      git("rev-parse", "HEAD"),
      git("status", "--porcelain", "--untracked-files=no"),
      git("ls-files", "--", basename(path)),
    ]);
    return { commit, dirty: changes !== "" || known === "" };
  } catch {
    return undefined;
  }
}

/** A container may run as a user whom nobody has given a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user-${process.getuid?.() ?? "unknown"}`;
  }
}

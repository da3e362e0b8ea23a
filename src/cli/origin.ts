import { execFile } from "node:child_process";
import { hostname, userInfo } from "node:os";
import { dirname, resolve } from "node:path";
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
  /** There are changes that are not committed. */
  readonly dirty: boolean;
}

/** The git commit that a file comes from; undefined where it is in no checkout, or git is not there. */
export async function sourceOf(file: string, { cwd }: Context): Promise<Source | undefined> {
  const options = { cwd: dirname(resolve(cwd, file)), timeout: 5_000 };
  try {
    const [commit, changes] = await Promise.all([
      run("git", ["rev-parse", "HEAD"], options),
      run("git", ["status", "--porcelain", "--untracked-files=no"], options),
    ]);
    return { commit: commit.stdout.trim(), dirty: changes.stdout.trim() !== "" };
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

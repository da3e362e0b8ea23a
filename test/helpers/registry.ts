import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import type Docker from "dockerode";
import { fetched } from "./fetched.ts";
import { freePort } from "./free-port.ts";
import { untilReady } from "./until-ready.ts";

export interface Registry extends AsyncDisposable {
  /** `127.0.0.1:port`, to begin the name of an image with. */
  readonly host: string;
}

export interface RegistryUser {
  readonly username: string;
  readonly password: string;
}

/**
 * A registry of this machine's own, on a loopback address that engines need no certificate for. Without a user
 * it lets everybody in.
 */
export async function startRegistry(user?: RegistryUser): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), "axon-registry-"));
  const host = `127.0.0.1:${await freePort()}`;
  const users = join(folder, "users");
  if (user) writeFileSync(users, `${user.username}:${hashSync(user.password, 4)}\n`);
  const config = join(folder, "config.json");
  writeFileSync(
    config,
    JSON.stringify({
      version: 0.1,
      log: { level: "error", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, "images") } },
      http: { addr: host },
      ...(user && { auth: { htpasswd: { realm: "test", path: users } } }),
    }),
  );
  const child = spawn(fetched("REGISTRY"), ["serve", config], { stdio: "ignore" });
  const ended = once(child, "exit");
  const deadline = AbortSignal.timeout(20_000);
  const answers = () =>
    fetch(`http://${host}/v2/`, { signal: deadline }).then(
      () => true,
      () => false,
    );
  if (!(await untilReady(answers, () => child.exitCode !== null || deadline.aborted))) {
    child.kill();
    throw new Error("the registry did not start");
  }
  return {
    host,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** Brings what the engine has under the name to the registry that the name begins with. Answers the digest. */
export async function pushImage(
  docker: Docker,
  name: string,
  authconfig: RegistryUser & { readonly serveraddress: string } = {
    username: "",
    password: "",
    serveraddress: "",
  },
): Promise<string> {
  const progress = await docker.getImage(name).push({ authconfig });
  const lines = await new Promise<{ aux?: { Digest: string } }[]>((resolve, reject) =>
    docker.modem.followProgress(progress, (error: Error | null, all) =>
      error ? reject(error) : resolve(all),
    ),
  );
  const digest = lines.find(({ aux }) => aux)?.aux?.Digest;
  if (digest === undefined) throw new Error(`not pushed: ${JSON.stringify(lines.at(-1))}`);
  return digest;
}

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
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

/** A registry of this machine's own, on a loopback address that engines need no certificate for. */
export async function startRegistry({ username, password }: RegistryUser): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), "axon-registry-"));
  const host = `127.0.0.1:${await freePort()}`;
  const users = join(folder, "users");
  writeFileSync(users, `${username}:${hashSync(password, 4)}\n`);
  const config = join(folder, "config.json");
  writeFileSync(
    config,
    JSON.stringify({
      version: 0.1,
      log: { level: "error", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, "images") } },
      http: { addr: host },
      auth: { htpasswd: { realm: "test", path: users } },
    }),
  );
  const program = execFileSync("node", ["scripts/registry.mjs"], { encoding: "utf8" }).trim();
  const child = spawn(program, ["serve", config], { stdio: "ignore" });
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

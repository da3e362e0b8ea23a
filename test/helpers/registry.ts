import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import { freePort } from "./free-port.ts";

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
  await answering(`http://${host}/v2/`, ended);
  return {
    host,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

async function answering(url: string, ended: Promise<unknown>): Promise<void> {
  const failed = ended.then(() => {
    throw new Error("the registry did not start");
  });
  const deadline = AbortSignal.timeout(20_000);
  const answered = async () => {
    while (!(await fetch(url, { signal: deadline }).catch(() => undefined))) {
      deadline.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await Promise.race([answered(), failed]);
}

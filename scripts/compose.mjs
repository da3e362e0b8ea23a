import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { unpacked } from "./example-images/packages.mjs";

const WANTED = "2.40.3";
const PLUGIN = "docker-compose";
const PLUGIN_FOLDERS = [
  join(process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"), "cli-plugins"),
  "/usr/local/lib/docker/cli-plugins",
  "/usr/libexec/docker/cli-plugins",
  "/usr/lib/docker/cli-plugins",
];

const run = promisify(execFile);

async function isWanted(program) {
  try {
    const { stdout } = await run(program, ["version", "--short"]);
    return stdout.replace(/^v/, "").startsWith(WANTED);
  } catch {
    return false;
  }
}

async function installed() {
  for (const folder of PLUGIN_FOLDERS) {
    const program = join(folder, PLUGIN);
    if (await isWanted(program)) return program;
  }
  return undefined;
}

async function fetched() {
  const cache = join(import.meta.dirname, "..", ".dev", "cache");
  await mkdir(cache, { recursive: true });
  const folder = await unpacked({ cache, name: "compose", suite: "forky", seeds: [PLUGIN] });
  const program = join(folder, "usr/libexec/docker/cli-plugins", PLUGIN);
  if (await isWanted(program)) return program;
  throw new Error(`${program} is not ${WANTED}: put that version into ${PLUGIN_FOLDERS[0]}`);
}

try {
  process.stdout.write(`${(await installed()) ?? (await fetched())}\n`);
} catch (error) {
  process.stderr.write(`compose: ${error.message}\n`);
  process.exitCode = 1;
}

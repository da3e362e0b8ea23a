// Prints the folder of a Docker engine of a newer line (28.5, API 1.51), and fetches it as a Debian package into
// .dev/cache when it is not there; nothing of the system is changed.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { unpacked } from "./example-images/packages.mjs";

try {
  const cache = join(import.meta.dirname, "..", ".dev", "cache");
  await mkdir(cache, { recursive: true });
  const folder = await unpacked({
    cache,
    name: "docker-new",
    suite: "forky",
    seeds: ["docker.io"],
  });
  process.stdout.write(`${join(folder, "usr/sbin")}\n`);
} catch (error) {
  process.stderr.write(`engine: ${error.message}\n`);
  process.exitCode = 1;
}

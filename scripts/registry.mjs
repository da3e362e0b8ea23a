// Prints the path of an image registry, which the tests pull from. Fetches it as a Debian package into
// .dev/cache when it is not there; nothing of the system is changed.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { unpacked } from "./example-images/packages.mjs";

try {
  const cache = join(import.meta.dirname, "..", ".dev", "cache");
  await mkdir(cache, { recursive: true });
  const folder = await unpacked({ cache, name: "registry", seeds: ["docker-registry"] });
  process.stdout.write(`${join(folder, "usr/bin/docker-registry")}\n`);
} catch (error) {
  process.stderr.write(`registry: ${error.message}\n`);
  process.exitCode = 1;
}

// Prints the path of an etcd server, for the tests. Fetches it as a Debian package into .dev/cache when it is
// not there; nothing of the system is changed.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { unpacked } from "./example-images/packages.mjs";

try {
  const cache = join(import.meta.dirname, "..", ".dev", "cache");
  await mkdir(cache, { recursive: true });
  const folder = await unpacked({ cache, name: "etcd", seeds: ["etcd-server"] });
  process.stdout.write(`${join(folder, "usr/bin/etcd")}\n`);
} catch (error) {
  process.stderr.write(`etcd: ${error.message}\n`);
  process.exitCode = 1;
}

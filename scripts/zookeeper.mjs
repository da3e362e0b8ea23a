// Prints a Java and the class path of a ZooKeeper server, one per line, for the tests. Fetches them as Debian
// packages into .dev/cache when they are not there; nothing of the system is changed.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { unpacked } from "./example-images/packages.mjs";

/** Of the jars that come with them: one that logs, and none that would do it a second time. */
const JARS =
  /^(zookeeper.*|netty.*|slf4j-(api|simple)|metrics-core|snappy-java|commons-(cli|io)|jackson-.*)\.jar$/;

const cache = join(import.meta.dirname, "..", ".dev", "cache");

/** Java, when it is not in its place, finds its settings nowhere: the package links to them by full paths. */
function relink(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (!entry.isSymbolicLink()) continue;
    const target = readlinkSync(path);
    if (!target.startsWith("/") || !existsSync(join(folder, target))) continue;
    rmSync(path);
    symlinkSync(relative(dirname(path), join(folder, target)), path);
  }
}

async function java() {
  const own = (process.env.PATH ?? "").split(":").map((folder) => join(folder, "java"));
  const found = process.env.AXON_OWN_JAVA === "0" ? undefined : own.find(existsSync);
  if (found) return found;
  const seeds = ["default-jre-headless"];
  const folder = await unpacked({ cache, name: "java", seeds, libraries: true });
  relink(folder);
  const machines = join(folder, "usr/lib/jvm");
  const home = readdirSync(machines).find(
    (name) => name.startsWith("java-") && lstatSync(join(machines, name)).isDirectory(),
  );
  return join(machines, home, "bin/java");
}

async function classPath() {
  const folder = await unpacked({
    cache,
    name: "zookeeper",
    seeds: ["libzookeeper-java"],
    libraries: true,
  });
  relink(folder);
  const jars = join(folder, "usr/share/java");
  const names = readdirSync(jars).filter((name) => JARS.test(name));
  const there = names.map((name) => join(jars, name)).filter(existsSync);
  return [...new Set(there.map((name) => realpathSync(name)))].join(":");
}

try {
  await mkdir(cache, { recursive: true });
  const program = await java();
  execFileSync(program, ["-version"], { stdio: "ignore" });
  process.stdout.write(`${program}\n${await classPath()}\n`);
} catch (error) {
  process.stderr.write(`zookeeper: ${error.message}\n`);
  process.exitCode = 1;
}

// Debian packages without touching the system: lists and downloads live in a private folder, and the
// mirrors are those of the machine's own sources.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

function firstStanza() {
  const folder = "/etc/apt/sources.list.d";
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  for (const name of names.filter((n) => n.endsWith(".sources"))) {
    const stanza = readFileSync(join(folder, name), "utf8").split(/\n\s*\n/)[0];
    if (/^Suites:/m.test(stanza)) return { kind: "sources", text: stanza };
  }
  const lists = [
    "/etc/apt/sources.list",
    ...names.filter((n) => n.endsWith(".list")).map((n) => join(folder, n)),
  ];
  for (const path of lists.filter(existsSync)) {
    const line = readFileSync(path, "utf8")
      .split("\n")
      .find((l) => l.startsWith("deb "));
    if (line) return { kind: "list", text: line };
  }
  throw new Error("no Debian sources under /etc/apt to download packages from");
}

function inSuite({ kind, text }, suite) {
  if (suite === undefined) return text;
  if (kind === "sources") return text.replace(/^Suites:.*/m, `Suites: ${suite}`);
  return text.replace(/^(deb (?:\[[^\]]*\] )?\S+ )\S+/, `$1${suite}`);
}

/** @param {string | undefined} suite undefined: the machine's own */
export async function openPackages(cache, suite) {
  const home = join(cache, `apt-${suite ?? "own"}`);
  for (const folder of ["parts", "lists/partial", "cache/archives/partial"]) {
    await mkdir(join(home, folder), { recursive: true });
  }
  const stanza = firstStanza();
  await writeFile(join(home, "parts", `a.${stanza.kind}`), `${inSuite(stanza, suite)}\n`);
  const options = {
    "Dir::Etc::SourceList": "/dev/null",
    "Dir::Etc::SourceParts": join(home, "parts"),
    "Dir::State::Lists": join(home, "lists"),
    "Dir::Cache": join(home, "cache"),
    // Downloads as another user could not write into this folder.
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
    "Acquire::Retries": "3",
  };
  const flags = Object.entries(options).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  const apt = (program, args, cwd = home) =>
    run(program, [...flags, ...args], { cwd, maxBuffer: 1 << 26 });
  await apt("apt-get", ["-q", "update"]);
  return { apt };
}

/** The packages and the libraries they depend on, directly or not. */
async function withLibraries(apt, seeds) {
  const known = new Set(seeds);
  let fresh = seeds;
  const none = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"].map(
    (kind) => `--no-${kind}`,
  );
  while (fresh.length > 0) {
    const { stdout } = await apt("apt-cache", ["depends", ...none, ...fresh]);
    const names = [...stdout.matchAll(/Depends: ((?:lib|lua-|openjdk-)\S+)/g)].map(
      (match) => match[1],
    );
    fresh = [...new Set(names)].filter((name) => !known.has(name));
    for (const name of fresh) known.add(name);
  }
  return [...known];
}

const held = new Set();

/** Until this process ends, however it ends, others that want the folder wait: `flock` locks what both have open. */
function lockCache(cache) {
  if (held.has(cache)) return;
  const file = openSync(join(cache, "lock"), "w");
  execFileSync("flock", ["--timeout", "900", "3"], {
    stdio: ["ignore", "ignore", "inherit", file],
  });
  held.add(cache);
}

/** Unpacks the newest `seeds` and their libraries; returns the folder that holds them. */
export async function unpacked({ cache, name, suite, seeds, libraries }) {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  lockCache(cache);
  if (existsSync(folder)) return folder;
  const { apt } = await openPackages(cache, suite);
  const debs = join(cache, `${name}.debs`);
  const partial = join(cache, `${name}.partial`);
  for (const path of [debs, partial]) {
    await rm(path, { recursive: true, force: true });
    await mkdir(path);
  }
  await apt(
    "apt-get",
    ["-q", "download", ...(libraries ? await withLibraries(apt, seeds) : seeds)],
    debs,
  );
  for (const deb of await readdir(debs)) await run("dpkg", ["-x", join(debs, deb), partial]);
  await rm(debs, { recursive: true });
  await rename(partial, folder);
  return folder;
}

// Root file systems for the local base images: a program, the libraries it needs and a busybox shell.
import { execFile } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { chmod, copyFile, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { unpacked } from "./packages.mjs";

const run = promisify(execFile);

const SEEDS = ["busybox", "redis-server", "redis-tools", "libc6", "libgcc-s1", "libstdc++6"];
const NAME_SERVICE = ["libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2"];
const PLATFORMS = {
  x64: { triplet: "x86_64-linux-gnu", loader: "/lib64/ld-linux-x86-64.so.2" },
  arm64: { triplet: "aarch64-linux-gnu", loader: "/lib/ld-linux-aarch64.so.1" },
};
const ETC = {
  passwd: "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n",
  group: "root:x:0:\nnogroup:x:65534:\n",
  "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
};

/** The unpacked packages; their own loader runs their programs, whatever the machine has itself. */
export async function openWorld(cache) {
  const { triplet, loader } = PLATFORMS[process.arch] ?? {};
  if (triplet === undefined) throw new Error(`no local base images for ${process.arch}`);
  const folder = await unpacked({ cache, name: "packages", seeds: SEEDS, libraries: true });
  const libraries = [folder, ""].flatMap((at) => [
    `${at}/lib/${triplet}`,
    `${at}/usr/lib/${triplet}`,
  ]);
  const start = async (...args) => {
    const flags = ["--library-path", libraries.join(":"), ...args];
    return (await run(folder + loader, flags, { maxBuffer: 1 << 24 })).stdout;
  };
  return { cache, folder, libraries, loader, triplet, start };
}

async function librariesOf(world, program) {
  const text = await world.start("--list", program);
  const missing = /(\S+) => not found/.exec(text);
  if (missing)
    throw new Error(`${basename(program)} needs ${missing[1]}, which no package here has`);
  return [...text.matchAll(/=> (\/\S+)/g)].map((match) => match[1]);
}

async function put(root, from, to) {
  await mkdir(dirname(join(root, to)), { recursive: true });
  await copyFile(realpathSync(from), join(root, to));
}

async function putShell(root, busybox, start) {
  await put(root, busybox, "/bin/busybox");
  const applets = (await start(busybox, "--list")).trim().split("\n");
  for (const name of applets.filter((name) => name !== "busybox"))
    await symlink("busybox", join(root, "bin", name));
  await mkdir(join(root, "usr/bin"), { recursive: true });
  await symlink("/bin/busybox", join(root, "usr/bin/env"));
}

async function putSystem(root) {
  for (const folder of ["etc", "root", "tmp", "var/tmp", "run", "proc", "sys", "dev"]) {
    await mkdir(join(root, folder), { recursive: true });
  }
  for (const folder of ["tmp", "var/tmp"]) await chmod(join(root, folder), 0o1777);
  for (const [name, text] of Object.entries(ETC)) await writeFile(join(root, "etc", name), text);
}

/**
 * @param programs where in the image -> file on this machine
 * @param linked further programs whose libraries must be there, so that a Dockerfile can copy them in
 */
export async function stageRoot(world, { programs, linked = [], files = {} }) {
  const root = join(world.cache, "root");
  await rm(root, { recursive: true, force: true });
  await putSystem(root);
  const busybox = join(world.folder, "bin/busybox");
  await putShell(root, busybox, world.start);
  for (const [to, from] of Object.entries(programs)) await put(root, from, to);
  for (const [to, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await writeFile(join(root, to), text, { mode: 0o755 });
  }
  const libraries = new Set(
    NAME_SERVICE.map((name) => world.libraries.map((at) => join(at, name)).find(existsSync)),
  );
  for (const program of [busybox, ...Object.values(programs), ...linked]) {
    for (const library of await librariesOf(world, program)) libraries.add(library);
  }
  libraries.delete(undefined);
  for (const library of libraries)
    await put(root, library, `/lib/${world.triplet}/${basename(library)}`);
  await put(root, world.folder + world.loader, world.loader);
  return root;
}

export function packageProgram(world, name) {
  return join(world.folder, "usr/bin", name);
}

/** Consul left Debian after the suite bullseye. */
export async function consulProgram(cache) {
  return join(
    await unpacked({ cache, name: "consul", suite: "bullseye", seeds: ["consul"] }),
    "usr/bin/consul",
  );
}

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { caddyProgram } from "./caddy.mjs";
import { consulProgram, openWorld, packageProgram, stageRoot } from "./rootfs.mjs";

const here = import.meta.dirname;
const checkout = join(here, "..", "..");
const cache = join(checkout, ".dev", "cache");

const CONSUL_ENTRYPOINT = `#!/bin/sh
case "$1" in agent|members|kv|operator|info|version|validate|leave|acl) set -- consul "$@";; esac
exec "$@"
`;

const BASES = [
  {
    tag: "axon-example/busybox:1",
    argument: "BUSYBOX_IMAGE",
    changes: ['CMD ["sh"]'],
    content: async () => ({ programs: {} }),
  },
  {
    tag: "axon-example/node:20",
    argument: "NODE_IMAGE",
    changes: ['CMD ["node"]'],
    content: async () => ({ programs: { "/usr/local/bin/node": process.execPath } }),
  },
  {
    tag: "axon-example/redis:7",
    argument: "REDIS_IMAGE",
    changes: ["EXPOSE 6379", "VOLUME /data", "WORKDIR /data", 'CMD ["redis-server"]'],
    // The official image can run a copied-in node, too.
    content: async (world) => ({
      programs: {
        "/usr/local/bin/redis-server": packageProgram(world, "redis-server"),
        "/usr/local/bin/redis-cli": packageProgram(world, "redis-cli"),
      },
      linked: [process.execPath],
    }),
  },
  {
    tag: "axon-example/consul:1.8",
    changes: [
      "EXPOSE 8500",
      "VOLUME /consul/data",
      'ENTRYPOINT ["docker-entrypoint.sh"]',
      'CMD ["agent", "-dev", "-client", "0.0.0.0"]',
    ],
    content: async () => ({
      programs: { "/bin/consul": await consulProgram(cache) },
      files: { "/usr/local/bin/docker-entrypoint.sh": CONSUL_ENTRYPOINT },
    }),
  },
  {
    tag: "axon-example/caddy:2",
    changes: ["EXPOSE 80 443 2019", 'ENTRYPOINT ["caddy"]', 'CMD ["run"]'],
    content: async () => ({ programs: { "/usr/bin/caddy": await caddyProgram(cache) } }),
  },
];

const EXAMPLES = [
  { tag: "axon-example/broker:latest", folder: "broker", from: ["NODE_IMAGE", "REDIS_IMAGE"] },
  { tag: "axon-example/consumer:latest", folder: "consumer", from: ["NODE_IMAGE"] },
  { tag: "axon-example/nova:latest", folder: "nova", from: ["NODE_IMAGE"] },
  {
    tag: "axon-example/nova:bootstrap-fails",
    folder: "nova",
    from: ["NODE_IMAGE"],
    args: { DB_SYNC_EXIT: "3" },
  },
  {
    tag: "axon-example/nova:init-fails",
    folder: "nova",
    from: ["NODE_IMAGE"],
    args: { INIT_EXIT: "3" },
  },
  {
    tag: "axon-example/nova:init-hangs",
    folder: "nova",
    from: ["NODE_IMAGE"],
    args: { INIT_HANG: "1" },
  },
  { tag: "axon-example/legacy:latest", folder: "legacy", from: ["NODE_IMAGE"] },
  { tag: "axon-example/sleeper:latest", folder: "sleeper", from: ["BUSYBOX_IMAGE"] },
  {
    tag: "rock77/website:latest",
    also: ["axon-example/website:latest"],
    folder: "website",
    from: ["BUSYBOX_IMAGE"],
  },
  {
    tag: "rock77/website:v2",
    also: ["axon-example/website:v2"],
    folder: "website",
    from: ["BUSYBOX_IMAGE"],
    args: { SITE_VERSION: "2" },
  },
  { tag: "rock77/redis:latest", folder: "redis", from: ["REDIS_IMAGE"] },
];

const hashOf = (...parts) =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);

async function filesOf(folder) {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  return Promise.all(
    names.map(async (name) => [name.slice(folder.length), await readFile(name, "base64")]),
  );
}

const osRelease = (key) =>
  existsSync("/etc/os-release")
    ? new RegExp(`^${key}="?([^"\n]*)`, "m").exec(readFileSync("/etc/os-release", "utf8"))?.[1]
    : undefined;

/** Elsewhere than on Debian the Dockerfiles' own public bases are used. */
const localBases = () => process.env.AXON_PUBLIC_BASES !== "1" && osRelease("ID") === "debian";

async function bases() {
  await mkdir(cache, { recursive: true });
  const recipe = await Promise.all(
    ["rootfs.mjs", "packages.mjs"].map((name) => readFile(join(here, name), "utf8")),
  );
  const machine = [recipe, process.version, process.arch, osRelease("VERSION_ID")];
  let world;
  return BASES.map(({ tag, argument, changes, content }) => ({
    tag,
    argument,
    changes,
    hash: hashOf(machine, tag, changes, content.toString(), CONSUL_ENTRYPOINT),
    async root() {
      world ??= await openWorld(cache);
      return stageRoot(world, await content(world));
    },
  }));
}

async function example({ tag, also, folder: name, from, args = {} }, local) {
  const folder = join(checkout, "fixtures", "images", name);
  const used = local.filter(({ argument }) => from.includes(argument));
  const built = { ...Object.fromEntries(used.map((base) => [base.argument, base.tag])), ...args };
  const hash = hashOf(
    await filesOf(folder),
    built,
    also,
    used.map((base) => base.hash),
  );
  return { tag, also, hash, folder, args: built };
}

/** Every image in an order in which they can be made; a base has `root`, the others have `folder`. */
export async function buildCatalogue() {
  const local = localBases() ? await bases() : [];
  return [...local, ...(await Promise.all(EXAMPLES.map((one) => example(one, local))))];
}

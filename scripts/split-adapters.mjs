import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { build } from "esbuild";
import { lazyBuiltins } from "./lazy-builtins.mjs";

/** What few runs need, each with its libraries; imported by `openKvStore`. */
const ADAPTERS = ["src/kv/etcd/etcd.ts", "src/kv/zookeeper/zookeeper.ts"];
const SHARED = "axonShared";

/**
 * Makes one file of each adapter, in `folder`, and answers a plugin for the program, which then reads the
 * file when it needs it. What an adapter has in common with the program it takes from there: a second class
 * of errors would not be known as an error of Axon.
 */
export async function splitAdapters(folder, options) {
  const shared = new Set();
  const files = new Map();
  for (const entry of ADAPTERS) {
    const { outputFiles } = await build({
      ...options,
      entryPoints: [entry],
      plugins: [neverUsed, takenFromProgram(dirname(resolve(entry)), shared), lazyBuiltins],
    });
    files.set(resolve(entry), keep(folder, entry, outputFiles[0].text));
  }
  return { names: [...files.values()], plugin: readLater(files, shared) };
}

function keep(folder, entry, text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const name = `${entry.split("/").at(-1).replace(/\.ts$/, "")}-${hash}.cjs`;
  writeFileSync(join(folder, name), text);
  return name;
}

/** gRPC loads descriptions of its own protocol for servers that tell of themselves. */
const neverUsed = {
  name: "never-used",
  setup({ onResolve, onLoad }) {
    const namespace = "never-used";
    onResolve({ filter: /^@grpc\/proto-loader$/ }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /./, namespace }, () => ({ contents: "module.exports = {};" }));
  },
};

function takenFromProgram(room, shared) {
  return {
    name: "taken-from-program",
    setup({ onResolve, onLoad }) {
      const namespace = "taken-from-program";
      onResolve({ filter: /^\.{1,2}\/.*\.ts$/, namespace: "file" }, ({ path, resolveDir }) => {
        const file = resolve(resolveDir, path);
        if (file.startsWith(`${room}/`)) return undefined;
        shared.add(file);
        return { path: relative(".", file), namespace };
      });
      onLoad({ filter: /./, namespace }, ({ path }) => ({
        contents: `module.exports = globalThis.${SHARED}[${JSON.stringify(path)}];`,
      }));
    },
  };
}

function readLater(files, shared) {
  return {
    name: "read-later",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\/.*\.ts$/ }, ({ path, resolveDir }) => {
        const name = files.get(resolve(resolveDir, path));
        return name && { path: `./${name}`, external: true };
      });
      onResolve({ filter: /^axon-shared$/ }, ({ path }) => ({ path, namespace: "shared" }));
      onLoad({ filter: /./, namespace: "shared" }, () => ({
        contents: `globalThis.${SHARED} = {${[...shared].map(accessor).join(",")}};`,
        resolveDir: resolve("."),
      }));
    },
  };
}

function accessor(file) {
  return `get ${JSON.stringify(relative(".", file))}() { return require(${JSON.stringify(file)}); }`;
}

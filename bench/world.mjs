import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build as esbuild } from "esbuild";
import { openEngine, removeLabelled } from "./engine.mjs";

const ROOT = join(import.meta.dirname, "..");

/** The engine, both programs, and a label of this run's own by which all of it is removed again. */
export async function openWorld({ axon, signal }) {
  const dockerHost = output("scripts/engine", "up");
  process.env.DOCKER_HOST = dockerHost;
  output("scripts/images");
  const compose = output("scripts/compose");
  const id = `bench-${randomBytes(3).toString("hex")}`;
  const label = `axon.test=${id}`;
  const system = `${id}-system`;
  const directory = await mkdtemp(join(tmpdir(), "axon-bench-"));
  const engine = openEngine(dockerHost);
  const env = {
    ...process.env,
    AXON_SYSTEM: system,
    AXON_LABELS: label,
    AXON_CACHE: join(directory, "cache"),
    AXON_CONSUL_IMAGE: process.env.AXON_CONSUL_IMAGE ?? "axon-example/consul:1.8",
  };
  // Where a machine sets it, Node reads a file of certificates at each start, for longer than all the rest of it takes.
  delete env.NODE_EXTRA_CA_CERTS;
  const start = (program, args, { cwd = directory, ...more } = {}) =>
    timed({ program, args, cwd, env: { ...env, ...more.env }, signal });
  return {
    id,
    label: label.split("="),
    engine,
    node: (...args) => start(process.execPath, args),
    axon: (cwd, ...args) => start(process.execPath, [axon, ...args], { cwd }),
    /** As when nobody has run it before. */
    axonAnew: (cwd, ...args) =>
      start(process.execPath, [axon, ...args], { cwd, env: { AXON_CACHE: "" } }),
    compose: (cwd, ...args) => start(compose, args, { cwd }),
    versions: async () => ({
      compose: output(compose, "version", "--short"),
      engine: (await engine.call("GET", "/version")).Version,
    }),
    bundled: async (file) =>
      (await import(pathToFileURL(await bundle(file, directory)).href)).default,
    /** The path of a program in one file. */
    program: (file) => bundle(file, directory),
    folder: (name, files) => writeFolder(join(directory, name), files),
    /** All but Axon's managed store, which Compose has nothing like: it is there before the clock starts. */
    clear: () => {
      const isStore = (labels) => labels?.["io.axon.deployment"] === system;
      // What the engine does not let go of now is tried again at the end.
      return removeLabelled(engine, label, isStore).catch(() => {});
    },
    close: async () => {
      await removeLabelled(engine, label);
      // A program that was interrupted may have had a request under way.
      await removeLabelled(engine, label);
      await rm(directory, { recursive: true, force: true });
      engine.close();
    },
  };
}

async function bundle(file, directory) {
  const outfile = join(directory, `${file}.cjs`);
  const entryPoints = [join(import.meta.dirname, file)];
  await esbuild({
    entryPoints,
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    minify: true,
  });
  return outfile;
}

async function writeFolder(folder, files) {
  await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  return folder;
}

export function build() {
  output("node", "scripts/build.mjs");
}

function output(command, ...args) {
  const stdio = ["ignore", "pipe", "inherit"];
  return execFileSync(command, args, { cwd: ROOT, encoding: "utf8", stdio }).trim();
}

/** Milliseconds from the start of the program to its end; rejects with its output when it fails. */
function timed({ program, args, cwd, env, signal }) {
  return new Promise((resolve, reject) => {
    let text = "";
    const began = performance.now();
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const kill = () => child.kill("SIGKILL");
    signal.addEventListener("abort", kill);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (part) => {
        text += part;
      });
    }
    child.once("error", reject);
    child.once("close", (code) => {
      signal.removeEventListener("abort", kill);
      if (code === 0) resolve(performance.now() - began);
      else reject(new Error(`${program} ${args.join(" ")} exited with ${code}:\n${text}`));
    });
  });
}

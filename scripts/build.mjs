import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { lazyBuiltins } from "./lazy-builtins.mjs";
import { precompiledSchemas } from "./precompiled-schemas.mjs";
import { splitAdapters } from "./split-adapters.mjs";
import { stubbedPackages } from "./stubbed-packages.mjs";
import { warmUp } from "./warm-up.mjs";

const DIST = "dist";
const KEPT = ["axon.js", "package.json", "lib"];
const TARGET = { platform: "node", target: "node20", minifySyntax: true, minifyWhitespace: true };

/**
 * dist/axon.js and the program beside it: the command in one file, of which Node compiles what is used, but
 * for the last look, which comes before it, and the adapters of stores that few runs talk to, which have files of their own.
 * All are CommonJS, which starts faster, and ASCII, which is read faster.
 * dist/lib: the library with its types, as plain modules.
 *
 * Whoever uses dist meanwhile finds the old build or the new one: axon.js is replaced last, and what it no
 * longer names is removed after that.
 */
const BUNDLE = {
  ...TARGET,
  bundle: true,
  format: "cjs",
  // What V8 is given as a script has no loader for them; `require` does as well.
  supported: { "dynamic-import": false },
  legalComments: "none",
  charset: "ascii",
  logLevel: "warning",
  write: false,
};

mkdirSync(DIST, { recursive: true });
const adapters = await splitAdapters(DIST, BUNDLE);
const program = await bundleProgram(adapters.plugin);
await warmUp(join(DIST, program));
const look = await bundleLook();
const launcher = await bundleLauncher(program, look);
writeFileSync(join(DIST, "package.json"), '{"type":"commonjs"}\n');
replace(join(DIST, "axon.js"), launcher);
removeOld();
buildLibrary();

async function bundleProgram(readLater) {
  const { outputFiles } = await build({
    ...BUNDLE,
    stdin: { contents: 'import "axon-shared"; import "./src/cli/main.ts";', resolveDir: "." },
    plugins: [readLater, precompiledSchemas, stubbedPackages, lazyBuiltins],
  });
  const text = asFunction(outputFiles[0].text.replace(/^#!.*\n/, ""));
  return keep("program", text);
}

/** A module as Node would wrap it; done here, the large text is not copied at each start. */
function asFunction(text) {
  const parameters = "exports,require,module,__filename,__dirname";
  return `(globalThis.axonProgram=function(${parameters}){${text}\n})`;
}

/** What is tried before the program is read: small, and without the libraries of clients. */
async function bundleLook() {
  const entryPoints = ["src/last-look/open-look.ts"];
  const { outputFiles } = await build({ ...BUNDLE, entryPoints, plugins: [lazyBuiltins] });
  return keep("look", outputFiles[0].text);
}

function keep(stem, text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const name = `${stem}-${hash}.cjs`;
  writeFileSync(join(DIST, name), text);
  return name;
}

async function bundleLauncher(name, look) {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const { outputFiles } = await build({
    ...TARGET,
    entryPoints: ["scripts/launcher.cjs"],
    format: "cjs",
    define: {
      PROGRAM: JSON.stringify(name),
      LOOK: JSON.stringify(look),
      VERSION: JSON.stringify(version),
    },
    banner: { js: "#!/usr/bin/env node" },
    logLevel: "warning",
    write: false,
  });
  return outputFiles[0].text;
}

function replace(file, text) {
  writeFileSync(`${file}.next`, text);
  chmodSync(`${file}.next`, 0o755);
  renameSync(`${file}.next`, file);
}

/** Another build of the same folder may be about to name what is not old. */
function removeOld() {
  const launcher = readFileSync(join(DIST, "axon.js"), "utf8");
  const old = Date.now() - 60_000;
  for (const name of readdirSync(DIST)) {
    const path = join(DIST, name);
    const isUsed = [...KEPT, ...adapters.names].includes(name) || launcher.includes(stem(name));
    if (!isUsed && statSync(path).mtimeMs < old) rmSync(path, { recursive: true, force: true });
  }
}

function stem(name) {
  return name.replace(/\.code$/, "");
}

function buildLibrary() {
  const next = join(DIST, `lib-${process.pid}`);
  const args = ["-p", "tsconfig.build.json", "--outDir", next];
  execFileSync("node_modules/.bin/tsc", args, { stdio: "inherit" });
  writeFileSync(join(next, "package.json"), '{"type":"module"}\n');
  rmSync(join(DIST, "lib"), { recursive: true, force: true });
  renameSync(next, join(DIST, "lib"));
}

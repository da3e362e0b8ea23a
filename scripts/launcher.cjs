// dist/axon.js. The program is one file beside it that leaves a function, with the code that V8 made of it when it was built: Node
// 20 has no compile cache of its own. A V8 of another version refuses that code and compiles as usual.
const [argument, ...more] = process.argv.slice(2);

if (more.length === 0 && (argument === "--version" || argument === "-V")) {
  process.stdout.write(`${VERSION}\n`);
} else if (argument === "plan" || argument === "deploy") {
  lookAgain();
} else {
  run();
}

/** What found nothing to do is not worked out anew where all that it had read reads the same. */
function lookAgain() {
  const look = require("./" + LOOK);
  const { argv, env } = process;
  const place = look.placeOfLook({ args: argv.slice(2), cwd: process.cwd(), env, program: PROGRAM });
  const last = place && look.readLook(place);
  globalThis.axonLook = place;
  if (!last) return run();
  look.lookAgain(last, env).then((says) => (says === undefined ? run() : write(says)));
}

function write(text) {
  process.stdout.on("error", (problem) => {
    // A reader that has gone away, such as `head`, is no failure of ours.
    if (problem.code !== "EPIPE") throw problem;
  });
  process.stdout.write(text);
}

function run() {
  const modules = require("node:module");
  const { join } = require("node:path");
  const file = join(__dirname, PROGRAM);
  if (modules.enableCompileCache) {
    modules.enableCompileCache();
    require(file);
  } else {
    load(file);
  }
  const module = { exports: {} };
  globalThis.axonProgram(module.exports, modules.createRequire(file), module, file, __dirname);
}

function load(file) {
  const { readFileSync } = require("node:fs");
  const { Script } = require("node:vm");
  const source = readFileSync(file, "latin1");
  const script = new Script(source, { filename: file, cachedData: readCode(file, readFileSync) });
  script.runInThisContext();
}

function readCode(file, readFileSync) {
  try {
    return readFileSync(`${file}.code`);
  } catch {
    return undefined;
  }
}

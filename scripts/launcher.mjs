// dist/axon.js. The program is one file beside it, with the code that V8 made of it when it was built: Node
// 20 has no compile cache of its own. A V8 of another version refuses that code and compiles as usual.
import { readFileSync } from "node:fs";
import * as modules from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

const file = join(dirname(fileURLToPath(import.meta.url)), PROGRAM);
const [argument, ...more] = process.argv.slice(2);

if (more.length === 0 && (argument === "--version" || argument === "-V")) {
  process.stdout.write(`${VERSION}\n`);
} else {
  run();
}

function run() {
  const require = modules.createRequire(file);
  if (modules.enableCompileCache) {
    modules.enableCompileCache();
    require(file);
    return;
  }
  const source = modules.default.wrap(readFileSync(file, "utf8"));
  const script = new Script(source, { filename: file, cachedData: readCode() });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, file, dirname(file));
}

function readCode() {
  try {
    return readFileSync(`${file}.code`);
  } catch {
    return undefined;
  }
}

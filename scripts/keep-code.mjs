// Runs the program as dist/axon.js does, and leaves the code that V8 made of it in PROGRAM.code:
//   node keep-code.mjs PROGRAM ARGUMENT...
import { readFileSync, writeFileSync } from "node:fs";
import modules, { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { Script } from "node:vm";

const [argument, ...rest] = process.argv.slice(2);
const program = resolve(argument);
process.argv = [process.argv[0], program, ...rest];

const source = modules.wrap(readFileSync(program, "latin1"));
const script = new Script(source, { filename: program });
process.once("exit", () => writeFileSync(`${program}.code`, script.createCachedData()));
const module = { exports: {} };
const run = script.runInThisContext();
run(module.exports, createRequire(program), module, program, dirname(program));

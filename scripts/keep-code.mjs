// Runs the program as dist/axon.js does, and leaves the code that V8 made of it in PROGRAM.code:
//   node keep-code.mjs PROGRAM ARGUMENT...
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { Script } from "node:vm";

const [argument, ...rest] = process.argv.slice(2);
const program = resolve(argument);
process.argv = [process.argv[0], program, ...rest];

const script = new Script(readFileSync(program, "latin1"), { filename: program });
process.once("exit", () => writeFileSync(`${program}.code`, script.createCachedData()));
const module = { exports: {} };
script.runInThisContext();
globalThis.axonProgram(module.exports, createRequire(program), module, program, dirname(program));

import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { CASES } from "./cases.mjs";
import { independent } from "./files.mjs";
import { renderMachine, renderTable, rowsOf } from "./report.mjs";
import { build, openWorld } from "./world.mjs";

const USAGE = `usage: npm run bench -- [--case NAME]... [--rounds N] [--axon FILE] [--list]
  --case    only this one; may be given several times
  --rounds  instead of the case's own number
  --axon    a program that is built already, instead of dist/axon.js built now
`;

const say = (text) => process.stderr.write(`bench: ${text}\n`);

function options() {
  const { values } = parseArgs({
    options: {
      case: { type: "string", multiple: true },
      rounds: { type: "string" },
      axon: { type: "string" },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const unknown = values.case?.find((name) => !CASES.some((item) => item.name === name));
  if (unknown !== undefined) throw new Error(`there is no case ${unknown}; --list names them`);
  if (values.rounds !== undefined && !(Number(values.rounds) >= 1)) throw new Error("no rounds");
  return values;
}

function chosen({ case: names, rounds }) {
  const wanted = CASES.filter((item) => (names ? names.includes(item.name) : !item.isExtra));
  return wanted.map((item) => ({ ...item, rounds: Number(rounds ?? item.rounds) }));
}

/** Contenders take turns, so that a slow moment of the machine meets all of them. */
async function measure(world, { name, rounds, open }, signal) {
  const contenders = Object.entries(await open(world, `${world.id}-${name}`));
  const times = Object.fromEntries(contenders.map(([contender]) => [contender, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [contender, run] of contenders) {
      signal.throwIfAborted();
      times[contender].push(await run());
    }
  }
  return times;
}

async function startStore(world) {
  const folder = await world.folder("store", { Servicefile: independent(1).servicefile });
  await world.axon(folder, "deploy", "-D", `${world.id}-store`, "--yes");
  await world.clear();
}

async function bench(flags, signal) {
  if (flags.axon === undefined) build();
  const axon = resolve(flags.axon ?? join(import.meta.dirname, "..", "dist", "axon.js"));
  const world = await openWorld({ axon, signal });
  const rows = [];
  try {
    await startStore(world);
    for (const item of chosen(flags)) {
      say(`${item.name}: ${item.what}`);
      rows.push(...rowsOf(item, await measure(world, item, signal)));
      await world.clear();
    }
  } finally {
    if (rows.length > 0) {
      process.stdout.write(`${renderMachine(await world.versions())}\n\n${renderTable(rows)}\n`);
    }
    say("removing what it made");
    await world.close();
  }
}

const interrupt = new AbortController();
for (const name of ["SIGINT", "SIGTERM"]) {
  process.once(name, () => interrupt.abort(new Error("interrupted")));
}

try {
  const flags = options();
  if (flags.help) process.stdout.write(USAGE);
  else if (flags.list) for (const { name, what } of CASES) console.log(`${name}: ${what}`);
  else await bench(flags, interrupt.signal);
} catch (error) {
  say(interrupt.signal.aborted ? "interrupted" : error.message);
  process.exitCode = interrupt.signal.aborted ? 130 : 1;
}

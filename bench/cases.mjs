import { join } from "node:path";
import { bareChain, bareFirst, bareReplace } from "./bare-calls.mjs";
import { CHAIN, independent } from "./files.mjs";

/**
 * Every case: its name, what is measured, how many rounds, and `open`, which prepares it and answers its
 * contenders. A contender is a function that answers milliseconds; the first one is compared with each of
 * the others. `isExtra`: only on request.
 */
export const CASES = [
  { name: "cli-start", what: "axon --version, against node -e 0", rounds: 15, open: openCliStart },
  { name: "no-op-1", what: "deploy of 1, no change", rounds: 9, open: noOp(independent(1)) },
  { name: "no-op-20", what: "deploy of 20, no change", rounds: 9, open: noOp(independent(20)) },
  {
    name: "plan-20",
    what: "plan of 20, against up",
    rounds: 9,
    open: noOp(independent(20), "plan"),
  },
  {
    name: "plan-20-anew",
    what: "plan of 20 that nobody made before, against up",
    rounds: 9,
    open: noOp(independent(20), "planAnew"),
  },
  { name: "no-op-100", what: "deploy of 100, no change", rounds: 5, open: noOp(independent(100)) },
  { name: "no-op-chain", what: "deploy of the chain, no change", rounds: 5, open: noOp(CHAIN) },
  { name: "first-20", what: "first deploy of 20", rounds: 3, open: first(independent(20)) },
  { name: "first-chain", what: "first deploy of the chain", rounds: 3, open: first(CHAIN) },
  { name: "first-50", what: "first deploy of 50", rounds: 3, open: firstAndBare(50) },
  { name: "replace-20", what: "env of 20 changed", rounds: 3, open: replace(20) },
  { name: "pure-same", what: "plan in memory, equal", rounds: 9, open: purePlan("equal") },
  { name: "pure-first", what: "plan in memory, first", rounds: 9, open: purePlan("empty") },
  {
    name: "bare-look-20",
    what: "parse, list and look at 20, no more",
    rounds: 21,
    open: bareLook(20),
    isExtra: true,
  },
  {
    name: "bare-replace-20",
    what: "bare API: 20 replaced, old ones kept",
    rounds: 5,
    open: bareReplacement(20),
    isExtra: true,
  },
  {
    name: "bare-chain",
    what: "bare API: the chain, by events",
    rounds: 5,
    open: bareChains,
    isExtra: true,
  },
  { name: "bare-loop", what: "bare API, calls at once", rounds: 3, open: bareLoops, isExtra: true },
];

/** Calls at the same time with which the bare loop was fastest; `--case bare-loop` finds it. */
const BEST_CONCURRENCY = 16;

function openCliStart(world) {
  return {
    "axon --version": () => world.axon(undefined, "--version"),
    "node -e 0": () => world.node("-e", "0"),
  };
}

/** Both programs bring the services up first. */
function noOp(files, command = "deploy") {
  return async (world, name) => {
    const { axon, compose } = await stage(world, name, files);
    await axon.deploy();
    await compose.up();
    return { Axon: axon[command], Compose: compose.up };
  };
}

/** What is left of a no-op without Axon: no model, no store, no comparison, no text. */
function bareLook(count) {
  return async (world, name) => {
    const { folder, compose } = await stage(world, name, independent(count));
    await compose.up();
    const program = await world.program("bare-look.mjs");
    const args = [program, join(folder, "compose.yaml"), `com.docker.compose.project=${name}-c`];
    return { "bare Node": () => world.node(...args), Compose: compose.up };
  };
}

/** Every round has names of its own, and is removed before the next one. */
function first(files) {
  return (world, name) => ({
    Axon: fresh(world, name, async (own) => (await stage(world, own, files)).axon.deploy()),
    Compose: fresh(world, name, async (own) => (await stage(world, own, files)).compose.up()),
  });
}

function firstAndBare(count) {
  return (world, name) => ({
    ...first(independent(count))(world, name),
    "bare API": fresh(world, name, (own) => bareFirst(world, own, [count, BEST_CONCURRENCY])),
  });
}

function bareLoops(world, name) {
  const loop = (atOnce) => fresh(world, name, (own) => bareFirst(world, own, [50, atOnce]));
  return Object.fromEntries(
    [1, 2, 4, 8, 16, 32].map((atOnce) => [`${atOnce} at once`, loop(atOnce)]),
  );
}

function replace(count) {
  return async (world, name) => {
    const stages = await versions(world, name, count);
    await stages[0].axon.deploy();
    await stages[0].compose.up();
    return {
      Axon: inTurns(stages, ({ axon }) => axon.deploy()),
      Compose: inTurns(stages, ({ compose }) => compose.up()),
    };
  };
}

/** Stops and starts at once with which it was fastest: 4, 8 and 16 hardly differ. */
const BEST_REPLACING = 8;

function bareReplacement(count) {
  return async (world, name) => {
    const stages = await versions(world, name, count);
    await stages[0].compose.up();
    return {
      "bare API": await bareReplace(world, name, [count, BEST_REPLACING]),
      Compose: inTurns(stages, ({ compose }) => compose.up()),
    };
  };
}

function versions(world, name, count) {
  const files = ["1", "2"].map((env) => independent(count, env));
  return Promise.all(files.map((version) => stage(world, name, version)));
}

function inTurns(stages, run) {
  let turn = 0;
  return () => {
    turn += 1;
    return run(stages[turn % stages.length]);
  };
}

function bareChains(world, name) {
  return {
    "bare API": fresh(world, name, (own) => bareChain(world, own)),
    Compose: first(CHAIN)(world, name).Compose,
  };
}

let folders = 0;

/** One deployment and one Compose project of the same services. */
async function stage(world, name, { servicefile, compose }) {
  folders += 1;
  const files = { Servicefile: servicefile, "compose.yaml": compose(world.label) };
  const folder = await world.folder(String(folders), files);
  return {
    folder,
    axon: {
      deploy: () => world.axon(folder, "deploy", "-D", name, "--yes"),
      plan: () => world.axon(folder, "plan", "-D", name),
      planAnew: () => world.axonAnew(folder, "plan", "-D", name),
    },
    compose: { up: () => world.compose(folder, "-p", `${name}-c`, "up", "-d") },
  };
}

function fresh(world, name, run) {
  return async () => {
    folders += 1;
    const milliseconds = await run(`${name}-${folders}`);
    await world.clear();
    return milliseconds;
  };
}

/** Of programs that are typed, so that they go along with the model. */
function purePlan(state) {
  return async (world) => {
    const { planner } = await world.bundled("pure-plan.ts");
    const contender = (count) => planner(independent(count).servicefile, state);
    return { "10,000": contender(10_000), "1,000": contender(1_000) };
  };
}

import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const STATE = join(".dev", "soak");
const REPORT = join(STATE, "failures.log");

const say = (line) => process.stdout.write(`soak: ${line}\n`);

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: "string", default: "1" },
      workers: { type: "string", default: "2" },
    },
  });
  const numbers = [positionals[0] ?? "200", values.seed, values.workers].map(Number);
  if (
    positionals.length > 1 ||
    !numbers.every((number) => Number.isInteger(number) && number > 0)
  ) {
    throw new Error("usage: scripts/soak [RUNS] [--seed N] [--workers N]");
  }
  const [runs, seed, workers] = numbers;
  return { runs, seed, workers };
}

/** The scenario is the one of the integration tests, which are in TypeScript. */
async function load() {
  const outdir = join(STATE, "program");
  await build({
    entryPoints: [
      "test/integration/convergence/soak.ts",
      "test/integration/convergence/routed-soak.ts",
      "test/integration/convergence/cutting-proxy.ts",
    ],
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
  });
  const url = (name) => pathToFileURL(join(outdir, name)).href;
  const [{ soak }, { soakRoute }, { engineUpstream }] = await Promise.all([
    import(url("soak.mjs")),
    import(url("routed-soak.mjs")),
    import(url("cutting-proxy.mjs")),
  ]);
  return { soak, soakRoute, engine: engineUpstream() };
}

async function main() {
  const options = readOptions();
  rmSync(STATE, { recursive: true, force: true });
  mkdirSync(STATE, { recursive: true });
  const { soak, soakRoute, engine } = await load();
  const report = (text) => appendFileSync(REPORT, `${text}\n`);
  const route = await soakRoute({ engine, say, report });
  const failed = route + (await soak({ ...options, engine, say, report }));
  if (failed === 0) return say("all runs ended as they should");
  say(`${failed} runs did not end as they should: ${REPORT}`);
  process.exitCode = 1;
}

// Node ends although an answer is waited for, when nothing but that is left.
const alive = setInterval(() => {}, 60_000);
await main().finally(() => clearInterval(alive));

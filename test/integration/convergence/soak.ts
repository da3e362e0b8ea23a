import { startConsul, type TestConsul } from "../../helpers/consul.ts";
import type { Upstream } from "../../helpers/recording-proxy.ts";
import type { Cut } from "./cutting-proxy.ts";
import {
  type Interrupted,
  InterruptedSite,
  type Interruption,
  type Version,
} from "./interrupted-site.ts";

export interface SoakOptions {
  readonly runs: number;
  readonly seed: number;
  /** Deployments at the same time. */
  readonly workers: number;
  readonly engine: Upstream;
  readonly say: (line: string) => void;
  /** Where what failed is told in full. */
  readonly report: (text: string) => void;
}

const SIGNALS: readonly (readonly NodeJS.Signals[])[] = [
  ["SIGKILL"],
  ["SIGINT"],
  ["SIGKILL"],
  ["SIGINT", "SIGINT"],
  ["SIGKILL"],
  ["SIGTERM"],
];

/** Interrupts deploys at each of their requests and at random instants; answers how many went wrong. */
export async function soak(options: SoakOptions): Promise<number> {
  await using consul = await startConsul();
  const references = await measure(options, consul);
  const { counts } = references;
  options.say(
    `seed ${options.seed}: ${options.runs} runs, ${options.workers} at a time; ` +
      `${counts.two} changing requests from one to two, ${counts.one} back`,
  );
  const plan = [...Array(options.runs)].map((_, run) => interruptionOf(run, options.seed, counts));
  const began = performance.now();
  let [next, done, failed] = [0, 0, 0];
  const work = async () => {
    let site = await freshSite(options, consul);
    let version: Version = "one";
    for (let run = next++; run < plan.length; run = next++) {
      version = version === "one" ? "two" : "one";
      const interruption = (plan[run] as Planned)[version];
      const result = await site.interrupt(version, interruption, references.states[version]);
      done += 1;
      if (result.problems.length > 0) {
        failed += 1;
        options.report(describe({ run, version, interruption, result }));
        await site[Symbol.asyncDispose]();
        site = await freshSite(options, consul);
        version = "one";
      }
      if (done % 20 === 0 || done === plan.length) {
        const seconds = ((performance.now() - began) / 1000).toFixed(0);
        options.say(`${done} of ${plan.length} runs in ${seconds} s, ${failed} failed`);
      }
    }
    await site[Symbol.asyncDispose]();
  };
  await Promise.all([...Array(options.workers)].map(work));
  return failed;
}

interface References {
  readonly states: Readonly<Record<Version, unknown>>;
  /** How many requests change something on the way to a version. */
  readonly counts: Readonly<Record<Version, number>>;
}

/** What runs that nobody interrupts come to. */
export async function measure(
  { engine }: Pick<SoakOptions, "engine">,
  consul: TestConsul,
): Promise<References> {
  await using site = await freshSite({ engine }, consul);
  const two = await site.deploy("two");
  const stateTwo = await site.state();
  const one = await site.deploy("one");
  return { states: { one: await site.state(), two: stateTwo }, counts: { one, two } };
}

/** With version one deployed. */
export async function freshSite(
  { engine }: Pick<SoakOptions, "engine">,
  { address }: TestConsul,
): Promise<InterruptedSite> {
  const site = await InterruptedSite.open({ engine, consulPort: address.port });
  await site.deploy("one");
  return site;
}

type Planned = Readonly<Record<Version, Interruption>>;

/** Two of three at a request, one after the other; the others at an instant that the seed chooses. */
function interruptionOf(run: number, seed: number, counts: References["counts"]): Planned {
  const random = randomFrom(seed + run);
  const chosen = SIGNALS[Math.floor(random() * SIGNALS.length)] ?? ["SIGKILL"];
  const milliseconds = Math.floor(random() * 6_000);
  const isKill = chosen[0] === "SIGKILL";
  const side = isKill ? (random() < 0.5 ? "before" : "after") : "with";
  const cutFor = (version: Version): Cut =>
    run % 3 === 2
      ? { kind: "instant", milliseconds }
      : { kind: "request", number: 1 + (Math.floor((run * 2) / 3) % counts[version]), side };
  return {
    one: { cut: cutFor("one"), signals: chosen },
    two: { cut: cutFor("two"), signals: chosen },
  };
}

/** Mulberry32: the same numbers for the same seed, everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

interface Failure {
  readonly run: number;
  readonly version: Version;
  readonly interruption: Interruption;
  readonly result: Interrupted;
}

function describe({ run, version, interruption, result }: Failure): string {
  const { problems, cutRun, plan, repair } = result;
  const shown = ({ exitCode, stdout, stderr }: typeof plan) =>
    `exit ${exitCode}\n${stdout}\n${stderr}`;
  return [
    `run ${run} to ${version}: ${JSON.stringify(interruption)}`,
    ...problems.map((problem) => `  ${problem}`),
    `--- cut ${shown(cutRun)}`,
    `--- plan ${shown(plan)}`,
    `--- repair ${shown(repair)}`,
    "",
  ].join("\n");
}

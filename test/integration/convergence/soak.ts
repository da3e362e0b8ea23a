import { startConsul, type TestConsul } from "../../helpers/consul.ts";
import type { Upstream } from "../../helpers/recording-proxy.ts";
import {
  type Interrupted,
  InterruptedSite,
  type Interruption,
  type Undisturbed,
  type Version,
} from "./interrupted-site.ts";
import { planSoak, Tally } from "./soak-plan.ts";

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

/** Interrupts deploys at their requests and at random instants, as planned; answers how many went wrong. */
export async function soak(options: SoakOptions): Promise<number> {
  await using consul = await startConsul();
  const { runs, seed, workers, say } = options;
  const undisturbed = await measure(options, consul);
  const counts = { one: undisturbed.one.count, two: undisturbed.two.count };
  const planned = planSoak({ runs, seed, counts });
  const tally = new Tally(counts);
  say(
    `seed ${seed}: ${runs} runs, ${workers} at a time; ` +
      `${counts.two} changing requests from one to two, ${counts.one} back`,
  );
  const began = performance.now();
  let [done, failed] = [0, 0];
  const note = ({ version, interruption, result }: Done) => {
    done += 1;
    if (result.wasCut) tally.add(version, interruption);
    if (result.problems.length > 0) {
      failed += 1;
      options.report(describe({ version, interruption, result }));
    }
    if (done % 20 === 0 || done === runs) {
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      say(`${done} of ${runs} runs in ${seconds} s, ${failed} failed; ${tally}`);
    }
  };
  const work = { planned, note, undisturbed, open: () => freshSite(options, consul) };
  await Promise.all([...Array(workers)].map(() => interruptAll(work)));
  return failed;
}

interface Work {
  /** What is still to be done, of all workers together. */
  readonly planned: Readonly<Record<Version, Interruption[]>>;
  readonly undisturbed: References;
  readonly open: () => Promise<InterruptedSite>;
  readonly note: (done: Done) => void;
}

/** From one version to the other and back, with a new deployment after each run that went wrong. */
async function interruptAll({ planned, undisturbed, open, note }: Work): Promise<void> {
  let site = await open();
  let version: Version = "one";
  while (planned.one.length + planned.two.length > 0) {
    version = version === "one" ? "two" : "one";
    const interruption = planned[version].pop();
    if (interruption === undefined) {
      await site.deploy(version);
      continue;
    }
    const result = await site.interrupt(version, interruption, undisturbed[version]);
    note({ version, interruption, result });
    if (result.problems.length === 0) continue;
    await site[Symbol.asyncDispose]();
    site = await open();
    version = "one";
  }
  await site[Symbol.asyncDispose]();
}

type References = Readonly<Record<Version, Undisturbed>>;

/** What runs that nobody interrupts come to, when both versions have been there before: volumes are made once. */
export async function measure(
  { engine }: Pick<SoakOptions, "engine">,
  consul: TestConsul,
): Promise<References> {
  await using site = await freshSite({ engine }, consul);
  await site.deploy("two");
  await site.deploy("one");
  const two = await site.measure("two");
  return { two, one: await site.measure("one") };
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

interface Done {
  readonly version: Version;
  readonly interruption: Interruption;
  readonly result: Interrupted;
}

function describe({ version, interruption, result }: Done): string {
  const { problems, cutRun, plan, repair } = result;
  const shown = ({ exitCode, stdout, stderr }: typeof plan) =>
    `exit ${exitCode}\n${stdout}\n${stderr}`;
  return [
    `to ${version}: ${JSON.stringify(interruption)}`,
    ...problems.map((problem) => `  ${problem}`),
    `--- cut ${shown(cutRun)}`,
    `--- plan ${shown(plan)}`,
    `--- repair ${shown(repair)}`,
    "",
  ].join("\n");
}

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import Docker from "dockerode";
import type { Upstream } from "../../helpers/recording-proxy.ts";
import { type Run, type Running, startAxon } from "../../helpers/run-axon.ts";
import { cutOffProblems, type Left } from "./cut-off-note.ts";
import {
  type Cut,
  type CuttingProxies,
  environmentOf,
  startCuttingProxies,
} from "./cutting-proxy.ts";
import { inspectAll, type Place, readStore, stateOf } from "./deployment-state.ts";
import { answering, WEB_HEALTH } from "./web-service.ts";

export type Version = "one" | "two";

export interface Interruption {
  readonly cut: Cut;
  readonly signals: readonly NodeJS.Signals[];
}

/** What a deploy comes to that nobody interrupts. */
export interface Undisturbed {
  /** How many requests change something. */
  readonly count: number;
  /** The number of the one with which the last operation begins: what is not wanted any more is stopped. */
  readonly lastBegun: number;
  readonly state: unknown;
}

/** What an interrupted deploy and the one after it came to. */
export interface Interrupted {
  readonly cutRun: Run;
  /** Whether the deploy came as far as to where it was to be interrupted. */
  readonly wasCut: boolean;
  readonly plan: Run;
  readonly repair: Run;
  /** Sentences about what is not as promised; none: all is well. */
  readonly problems: readonly string[];
}

/**
 * From one version to the other it creates, updates in place, replaces both ways, runs one-shots, puts files into what it makes,
 * writes keys and routes, and removes.
 */
function servicefile(deployment: string, version: Version): string {
  const job = (name: string) =>
    `{cmd: "echo begin ${name} >>/data/log; sleep 0.3; grep -q ${version} /etc/note && echo end ${name} >>/data/log", env: {EDITION: ${version}}}`;
  return `\
Files: {note: {content: this is ${version}}}
Config: {greeting: hello ${version}, of/${version}: leaf, always: same}
Domains:
  ${version}.${deployment}.example.org: ${deployment}:first:http
  both.${deployment}.example.org: ${deployment}:${version === "one" ? "first" : "second"}:http
same: {image: axon-example/sleeper}
limited: {image: axon-example/sleeper, memory: ${version === "one" ? "64m" : "96m"}}
named: {image: axon-example/sleeper, networks: {default: {aliases: [known-as-${version}]}}}
first:
  image: axon-example/sleeper
  files: {/etc/note: note}
  ports: {http: 80}
  cmd: "${answering(version)}"
  ${WEB_HEALTH}
second:
  image: axon-example/sleeper
  env: {EDITION: ${version}}
  files: {/etc/note: note}
  ports: {http: 81}
  volumes: {data: /data}
  bootstrap:
    migrate: ${job("migrate")}
    seed: ${job("seed")}
only-${version}: {image: axon-example/sleeper, files: {/etc/note: note}, volumes: {data: /data}}
`;
}

/** What an interrupted deploy says of what it planned and did not do. */
const BEGUN = /^ {2}skipped /m;

/** Each change of version runs these once. */
const JOBS = ["migrate", "seed"];

export interface SiteOptions {
  readonly engine: Upstream;
  readonly consulPort: number;
}

/** One deployment whose deployer can be interrupted at any of its requests. */
export class InterruptedSite implements AsyncDisposable {
  readonly deployment = `t${randomBytes(4).toString("hex")}`;
  readonly directory = mkdtempSync(join(tmpdir(), "axon-cut-"));
  readonly #place: Place;
  readonly #proxies: CuttingProxies;

  private constructor(proxies: CuttingProxies, consulPort: number) {
    this.#proxies = proxies;
    this.#place = {
      docker: new Docker(),
      consulUrl: `http://127.0.0.1:${consulPort}`,
      deployment: this.deployment,
      named: { [this.deployment]: "DEPLOYMENT", [proxies.addresses[1] ?? ""]: "STORE" },
    };
  }

  static async open({ engine, consulPort }: SiteOptions): Promise<InterruptedSite> {
    const store = { host: "127.0.0.1", port: consulPort };
    return new InterruptedSite(await startCuttingProxies([engine, store]), consulPort);
  }

  /** Without interruption. */
  async deploy(version: Version): Promise<void> {
    this.#write(version);
    this.#proxies.gate.arm(undefined, () => {});
    const run = await this.#start(["deploy", "--yes"]).ended;
    if (run.exitCode !== 0) throw new Error(`deploy failed:\n${run.stdout}\n${run.stderr}`);
  }

  /** Without interruption, from the other version. */
  async measure(version: Version): Promise<Undisturbed> {
    await this.deploy(version);
    const { count, requests } = this.#proxies.gate;
    const lastBegun = 1 + requests.findLastIndex((request) => request.endsWith("/stop"));
    if (lastBegun === 0) throw new Error("no service was removed");
    return { count, lastBegun, state: await stateOf(this.#place) };
  }

  /** Numbers of the revisions, the newest first. */
  async revisions(): Promise<number[]> {
    const { stdout } = await this.#run(["history", "--json"]);
    const { revisions } = JSON.parse(stdout) as { readonly revisions: { number: number }[] };
    return revisions.map(({ number }) => number);
  }

  /** Deploys the version, is interrupted, and deploys it again. */
  async interrupt(
    version: Version,
    interruption: Interruption,
    undisturbed: Undisturbed,
  ): Promise<Interrupted> {
    const { cut, signals } = interruption;
    const logBefore = await this.#log();
    this.#write(version);
    const cutRun = await this.#startCut(cut, signals).ended;
    if (cut.kind !== "instant") await this.#proxies.gate.idle();
    const wasCut = this.#proxies.gate.hasCut;
    this.#proxies.gate.arm(undefined, () => {});
    const isKilled = signals.includes("SIGKILL");
    const isHard = isKilled || signals.length > 1;
    const problems = await this.#serviceProblems(isHard);
    const journal = await this.#journal();
    await this.#run(["unlock", "--yes"]);
    const plan = await this.#run(["plan"]);
    const { stdout: json } = await this.#run(["plan", "--json"]);
    problems.push(...planProblems(plan, { journal, json }));
    if (journal === undefined && BEGUN.test(cutRun.stderr)) problems.push("its journal has gone");
    const ended = { ...interruption, wasCut, exitCode: cutRun.exitCode };
    problems.push(...endProblems(ended, { undisturbed, plan }));

    const repair = await this.#run(["deploy", "--yes"]);
    if (repair.exitCode !== 0) problems.push(`the next deploy exited with ${repair.exitCode}`);
    problems.push(...(await this.#stateProblems(undisturbed.state)));
    problems.push(...logProblems(logBefore, await this.#log()));
    return { cutRun, wasCut, plan, repair, problems };
  }

  async #stateProblems(wanted: unknown): Promise<string[]> {
    const problems: string[] = [];
    const state = await stateOf(this.#place);
    if (!isDeepStrictEqual(state, wanted)) {
      problems.push(`the state is another one:\n${differences(wanted, state).join("\n")}`);
    }
    const after = await this.#run(["plan"]);
    if (after.stdout !== "No changes.\n") problems.push(`there is still to do:\n${after.stdout}`);
    if ((await this.#journal()) !== undefined) problems.push("the journal is still there");
    return problems;
  }

  /** A service that is replaced start-first is never down; after one signal that can be heeded, none is. */
  async #serviceProblems(isHard: boolean): Promise<string[]> {
    const containers = await inspectAll(this.#place);
    const serves = (service: string) =>
      containers.some(
        ({ Config, State, NetworkSettings }) =>
          Config.Labels["io.axon.service"] === service &&
          State.Running &&
          Object.values(NetworkSettings.Networks).some(({ Aliases }) =>
            (Aliases as string[] | null)?.includes(service),
          ),
      );
    const needed = isHard ? ["same", "first"] : ["same", "first", "second", "limited"];
    return needed.filter((name) => !serves(name)).map((name) => `${name} was down when it was cut`);
  }

  async #journal(): Promise<string | undefined> {
    const key = `axon/${this.deployment}/state/journal/run`;
    return (await readStore(this.#place.consulUrl)).find((entry) => entry.key === key)?.value;
  }

  /** What the one-shots wrote into the volume that they share with their service. */
  async #log(): Promise<string[]> {
    const container = this.#place.docker.getContainer(`${this.deployment}-second-1`);
    const exec = await container.exec({ Cmd: ["cat", "/data/log"], Tty: true, AttachStdout: true });
    let text = "";
    for await (const chunk of await exec.start({ Tty: true })) text += chunk;
    return text.split(/\r?\n/).filter((line) => line !== "");
  }

  #startCut(cut: Cut, signals: readonly NodeJS.Signals[]): Running {
    let running: Running | undefined;
    const interrupt = async () => {
      for (const signal of signals) {
        // The first one before it can notice that it gets no answer.
        running?.signal(signal);
        await running?.signalsTaken();
      }
    };
    this.#proxies.gate.arm(cut, () => void interrupt());
    running = this.#start(["deploy", "--yes"]);
    return running;
  }

  #run(args: readonly string[]): Promise<Run> {
    return this.#start(args).ended;
  }

  #start([command = "", ...rest]: readonly string[]): Running {
    const env = environmentOf(this.#proxies);
    return startAxon([command, "-D", this.deployment, ...rest], { cwd: this.directory, env });
  }

  #write(version: Version): void {
    writeFileSync(join(this.directory, "Servicefile"), servicefile(this.deployment, version));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#proxies.gate.arm(undefined, () => {});
    await this.#run(["unlock", "--yes"]);
    await this.#run(["destroy", "--volumes", "--yes"]);
    await this.#proxies[Symbol.asyncDispose]();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

interface Ended extends Interruption {
  readonly wasCut: boolean;
  readonly exitCode: number | null;
}

/** It must have been interrupted where that was to be, and say so; only at an instant it may have ended before. */
function endProblems(
  { cut, signals, wasCut, exitCode }: Ended,
  { undisturbed, plan }: { readonly undisturbed: Undisturbed; readonly plan: Run },
): string[] {
  if (!wasCut) return cut.kind === "instant" ? [] : ["it never came to where it was to be cut"];
  const possible: (number | null)[] = signals.includes("SIGKILL") ? [null] : [130];
  // The second signal may come when it has ended already and listens no more.
  if (signals.length > 1) possible.push(null);
  // Everything may have been begun by then, and what was begun comes to its end.
  const mayBeDone = cut.kind !== "request" || cut.number >= undisturbed.lastBegun;
  const isDone = plan.stdout.startsWith("No changes.");
  if ((mayBeDone && isDone && !signals.includes("SIGKILL")) || cut.kind === "instant") {
    possible.push(0);
  }
  return possible.includes(exitCode) ? [] : [`it was sent ${signals}, and exited with ${exitCode}`];
}

function planProblems({ stdout, exitCode }: Run, seen: Left): string[] {
  if (exitCode !== 0) return [`plan exited with ${exitCode}`];
  if (/outside of axon/.test(stdout)) return ["plan blames somebody else"];
  return cutOffProblems(stdout, seen);
}

/** Every job has come to its end once more, and nothing is lost of what was there. */
function logProblems(before: readonly string[], after: readonly string[]): string[] {
  const problems = isDeepStrictEqual(after.slice(0, before.length), before)
    ? []
    : ["the volume has lost what was in it"];
  for (const job of JOBS) {
    const ended = after.slice(before.length).filter((line) => line === `end ${job}`).length;
    if (ended !== 1) problems.push(`${job} has come to its end ${ended} times`);
  }
  return problems;
}

/** Paths in which two values differ, with both sides. */
export function differences(wanted: unknown, found: unknown, path = ""): string[] {
  if (isDeepStrictEqual(wanted, found)) return [];
  if (!isObject(wanted) || !isObject(found)) {
    return [`${path}: ${JSON.stringify(wanted)} -> ${JSON.stringify(found)}`];
  }
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
  return keys.flatMap((key) => differences(wanted[key], found[key], `${path}/${key}`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import Docker from "dockerode";
import { startCaddy, type TestCaddy } from "../../helpers/caddy.ts";
import { type Run, type Running, startAxon } from "../../helpers/run-axon.ts";
import { type SteadyClient, startClient } from "../../helpers/steady-client.ts";
import { untilReady } from "../../helpers/until-ready.ts";
import { type CuttingProxies, environmentOf, startCuttingProxies } from "./cutting-proxy.ts";
import { type Place, readStore, stateOf } from "./deployment-state.ts";
import { differences, type SiteOptions, type Version } from "./interrupted-site.ts";
import { answering, WEB_HEALTH } from "./web-service.ts";

const DOMAIN = "example.org";
const PER_SECOND = 50;
/** So many are answered between the end of the deployer and the next deploy. */
const MEANWHILE = 50;
const ANSWERS = ["200 one\n", "200 two\n"];

const domains = (deployment: string) => `Domains: {${DOMAIN}: "${deployment}:web"}\n`;

const service = (version: Version) => `\
web:
  image: axon-example/sleeper
  cmd: "${answering(version)}"
  ports: {http: 80}
  ${WEB_HEALTH}
  update: {order: start-first}
`;

export interface Uninterrupted {
  /** Those that change something, from the first to the last. */
  readonly requests: readonly string[];
  readonly states: Readonly<Record<Version, unknown>>;
}

/** Where a deployer is killed: at one of its requests that change something, before it is carried out or when it was. */
export interface Kill {
  readonly number: number;
  readonly side: "before" | "after";
}

/** A deployment with a domain that answers through a real Caddy, whose deployer can be killed at any of its requests. */
export class RoutedSite implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), "axon-routed-"));
  readonly #place: Place;
  readonly #proxies: CuttingProxies;
  readonly #caddy: TestCaddy;

  private constructor(place: Place, proxies: CuttingProxies, caddy: TestCaddy) {
    this.#place = place;
    this.#proxies = proxies;
    this.#caddy = caddy;
  }

  /** With version one deployed. */
  static async open({ engine, consulPort }: SiteOptions): Promise<RoutedSite> {
    const proxies = await startCuttingProxies([engine, { host: "127.0.0.1", port: consulPort }]);
    const deployment = `t${randomBytes(4).toString("hex")}`;
    const place = {
      docker: new Docker(),
      consulUrl: `http://127.0.0.1:${consulPort}`,
      deployment,
      named: {},
    };
    const site = new RoutedSite(place, proxies, await startCaddy());
    writeFileSync(site.#file, service("one"));
    await site.#succeed(["deploy", "--yes"]);
    await site.#caddy.join(deployment);
    await site.deploy("one");
    return site;
  }

  /** Without interruption; answers the requests that change something. */
  async deploy(version: Version): Promise<readonly string[]> {
    this.#write(version);
    this.#proxies.gate.arm(undefined, () => {});
    await this.#succeed(["deploy", "--yes"]);
    return this.#proxies.gate.requests;
  }

  /** What replacements that nobody interrupts come to. Ends with version one. */
  async measure(): Promise<Uninterrupted> {
    const requests = await this.deploy("two");
    const two = await this.#state();
    await this.deploy("one");
    return { requests, states: { one: await this.#state(), two } };
  }

  async #state(): Promise<unknown> {
    return { ...((await stateOf(this.#place)) as object), router: await this.#caddy.config() };
  }

  /** Deploys the version, is killed, and deploys it again; answers what was not as promised. */
  async kill(version: Version, cut: Kill, wanted: unknown): Promise<readonly string[]> {
    const { gate } = this.#proxies;
    const { address } = this.#caddy;
    const client = startClient({ address, host: DOMAIN, perSecond: PER_SECOND });
    this.#write(version);
    let running: Running | undefined;
    gate.arm({ kind: "request", ...cut }, () => running?.signal("SIGKILL"));
    running = this.#start(["deploy", "--yes"]);
    const { exitCode } = await running.ended;
    await gate.idle();
    gate.arm(undefined, () => {});
    await answered(client, MEANWHILE);
    await this.#run(["unlock", "--yes"]);
    const repair = await this.#run(["deploy", "--yes"]);
    const problems = [...clientProblems((await client.stop()).counts)];
    if (exitCode !== null) problems.push(`it was not killed, and exited with ${exitCode}`);
    if (repair.exitCode !== 0) problems.push(`the next deploy failed:\n${repair.stderr}`);
    const state = await this.#state();
    if (!isDeepStrictEqual(state, wanted)) problems.push(...differences(wanted, state));
    const after = await this.#run(["plan"]);
    if (after.stdout !== "No changes.\n") problems.push(`there is still to do:\n${after.stdout}`);
    const journal = `axon/${this.#place.deployment}/state/journal/run`;
    const isLeft = (await readStore(this.#place.consulUrl)).some(({ key }) => key === journal);
    return isLeft ? [...problems, "the journal is still there"] : problems;
  }

  get #file(): string {
    return join(this.#directory, "Servicefile");
  }

  #write(version: Version): void {
    writeFileSync(this.#file, domains(this.#place.deployment) + service(version));
  }

  async #succeed(args: readonly string[]): Promise<void> {
    const { exitCode, stdout, stderr } = await this.#run(args);
    if (exitCode !== 0) throw new Error(`${args[0]} failed:\n${stdout}\n${stderr}`);
  }

  #run(args: readonly string[]): Promise<Run> {
    return this.#start(args).ended;
  }

  #start([command = "", ...rest]: readonly string[]): Running {
    const env = { ...environmentOf(this.#proxies), AXON_ROUTER: this.#caddy.router };
    const args = [command, "-D", this.#place.deployment, ...rest];
    return startAxon(args, { cwd: this.#directory, env });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#proxies.gate.arm(undefined, () => {});
    try {
      await this.#run(["unlock", "--yes"]);
      await this.#succeed(["destroy", "--volumes", "--yes"]);
    } finally {
      await this.#caddy[Symbol.asyncDispose]();
      await this.#proxies[Symbol.asyncDispose]();
      rmSync(this.#directory, { recursive: true, force: true });
    }
  }
}

/** All that was sent before, and so many more: Caddy may hold for seconds what it cannot deliver. */
async function answered(client: SteadyClient, count: number): Promise<void> {
  const enough = client.soFar().sent + count;
  const isEnough = async () => {
    const answers = [...client.soFar().counts.values()];
    return answers.reduce((sum, one) => sum + one, 0) >= enough;
  };
  if (!(await untilReady(isEnough))) throw new Error("the client gets no answers");
}

function clientProblems(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts]
    .filter(([text]) => !ANSWERS.includes(text))
    .map(([text, count]) => `the client got ${count} times: ${text}`);
}

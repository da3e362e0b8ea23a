import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import Docker from "dockerode";
import { afterAll } from "vitest";
import { type EngineEvent, recordEvents } from "./engine-events.ts";
import { once } from "./once.ts";
import { type Place, type Run, type Running, startAxon, startOnTerminal } from "./run-axon.ts";
import { untilReady } from "./until-ready.ts";

export interface SiteOptions {
  /** A store that no other site has; otherwise the sites of one test file share one, as deployments do. */
  readonly ownStore?: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

export interface Site extends AsyncDisposable {
  /** Name of the deployment, unique. */
  readonly deployment: string;
  readonly directory: string;
  /** Name of the system deployment that keeps the store. */
  readonly system: string;
  readonly docker: Docker;
  /** Another deployment's name, that is cleaned up, too. */
  sibling(suffix: string): string;
  /** Writes a file into the site's directory. */
  write(name: string, text: string): void;
  /** Runs the built command in the site's directory. */
  axon(args: readonly string[], env?: Env): Promise<Run>;
  start(args: readonly string[], env?: Env): Running;
  /** On a terminal, without NO_COLOR; its stdout can go to a file of the directory instead. */
  startOnTerminal(args: readonly string[], env?: Env, stdoutTo?: string): Running;
  /** `axon deploy --yes` of the file Servicefile; throws with the whole output unless it exits with 0. */
  deploy(servicefile?: string): Promise<Run>;
  /** Containers of the deployment, as the engine itself tells. */
  containers(deployment?: string): Promise<Docker.ContainerInfo[]>;
  /** The container of a service under its canonical name. */
  inspect(service: string): Promise<Docker.ContainerInspectInfo>;
  /** What happened to the deployment's containers since the site was opened. */
  events(): Promise<EngineEvent[]>;
  /** What the managed store holds below a prefix, as Consul itself tells. */
  keys(prefix: string): Promise<Record<string, string>>;
  /** Writes or deletes a key of the managed store behind Axon's back. */
  putKey(key: string, value: string): Promise<void>;
  deleteKey(key: string): Promise<void>;
  /** A request to the managed store's HTTP API; with the deployer's token, unless another one is given. */
  askStore(path: string, request?: StoreRequest): Promise<Response>;
}

export interface StoreRequest {
  readonly method?: string;
  readonly body?: string;
  /** "": none. */
  readonly token?: string;
}

const docker = new Docker();
const sharedSystem = `t${randomBytes(4).toString("hex")}-system`;

afterAll(async () => {
  if (process.env.AXON_KEEP !== "1") await removeDeployment(sharedSystem);
});

/** A directory and a deployment name that no other test has; all of it is gone afterwards. */
export function openSite(servicefile?: string, { ownStore = false }: SiteOptions = {}): Site {
  const deployment = `t${randomBytes(4).toString("hex")}`;
  const system = ownStore ? `${deployment}-system` : sharedSystem;
  const directory = mkdtempSync(join(tmpdir(), "axon-site-"));
  const recorded = recordEvents(docker, deployment);
  const siblings: string[] = [];
  const labels = `axon.test=${process.env.AXON_TEST_RUN}`;
  const at = (env: Env = {}): Place => ({
    cwd: directory,
    env: { AXON_SYSTEM: system, AXON_LABELS: labels, ...env },
  });
  const site: Site = {
    deployment,
    directory,
    system,
    docker,
    sibling: (suffix) => {
      siblings.push(`${deployment}-${suffix}`);
      return `${deployment}-${suffix}`;
    },
    write: (name, text) => {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), text);
    },
    axon: (args, env) => startAxon(args, at(env)).ended,
    start: (args, env) => startAxon(args, at(env)),
    startOnTerminal: (args, env, stdoutTo) =>
      startOnTerminal(args, { ...at(env), ...(stdoutTo && { stdoutTo }) }),
    deploy: async (text) => {
      if (text !== undefined) site.write("Servicefile", text);
      const done = await site.axon(["deploy", "-D", deployment, "--yes"]);
      if (done.exitCode !== 0) throw new Error(`deploy failed:\n${done.stdout}\n${done.stderr}`);
      return done;
    },
    containers: (name = deployment) => listContainers(name),
    inspect: (service) => docker.getContainer(`${deployment}-${service}-1`).inspect(),
    events: () => recorded.soFar(),
    keys: async (prefix) => readKeys(await storeUrl(system), prefix, await storeToken(system)),
    putKey: async (key, value) => {
      await site.askStore(`kv/${key}`, { method: "PUT", body: value });
    },
    deleteKey: async (key) => {
      await site.askStore(`kv/${key}`, { method: "DELETE" });
    },
    askStore: async (path, { token, ...request } = {}) => {
      const shown = token ?? (await storeToken(system));
      return fetch(`${await storeUrl(system)}/v1/${path}`, { ...once(shown), ...request });
    },
    [Symbol.asyncDispose]: async () => {
      await recorded.end();
      if (process.env.AXON_KEEP === "1") return;
      if (!ownStore) await forgetRoutes(site, [deployment, ...siblings]);
      const names = [deployment, ...siblings, ...(ownStore ? [system] : [])];
      for (const name of names) await removeDeployment(name);
      rmSync(directory, { recursive: true, force: true });
    },
  };
  if (servicefile !== undefined) site.write("Servicefile", servicefile);
  return site;
}

/** Of the managed Consul's HTTP API, so that a test need not believe Axon's own client. */
export async function storeUrl(system: string): Promise<string> {
  const { NetworkSettings } = await docker.getContainer(`axon-${system}-consul`).inspect();
  const port = NetworkSettings.Ports["8500/tcp"]?.[0]?.HostPort;
  if (port === undefined) throw new Error("the managed store publishes no port");
  return `http://127.0.0.1:${port}`;
}

/** The one of deployers, from the file that is there for people and tools. */
export async function storeToken(system: string): Promise<string> {
  const store = docker.getContainer(`axon-${system}-consul`);
  const archive = await store.getArchive({ path: "/consul/data/axon/token" });
  return (await textOf(archive)).slice(512).replace(/\0.*/s, "");
}

export async function readKeys(
  url: string,
  prefix: string,
  token?: string,
): Promise<Record<string, string>> {
  const response = await fetch(`${url}/v1/kv/${prefix}?recurse`, once(token));
  if (response.status === 404) return {};
  const entries = (await response.json()) as { Key: string; Value: string | null }[];
  return Object.fromEntries(
    entries.map(({ Key, Value }) => [Key, Buffer.from(Value ?? "", "base64").toString("utf8")]),
  );
}

/** How often the engine has started a container of the service or the one-shot. */
export async function startsOf(site: Site, name: string): Promise<number> {
  const events = await site.events();
  return events.filter(({ of, action }) => of === name && action === "start").length;
}

/** Waits until the engine's own health check of the first instance says that. */
export async function awaitHealth(site: Site, service: string, health: string): Promise<void> {
  const isThere = async () => (await site.inspect(service)).State.Health?.Status === health;
  if (!(await untilReady(isThere))) throw new Error(`${service} does not become ${health}`);
}

/** Runs a command in a container and answers what it wrote, on either stream. */
export async function execIn(container: string, command: readonly string[]): Promise<string> {
  const exec = await docker.getContainer(container).exec({
    Cmd: [...command],
    Tty: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  let text = "";
  for await (const chunk of await exec.start({ Tty: true })) text += chunk;
  return text;
}

/** A domain of theirs would be nobody else's as long as a route says that it is theirs. */
async function forgetRoutes(site: Site, names: readonly string[]): Promise<void> {
  const running = await docker.listContainers({
    filters: { name: [`^/axon-${site.system}-consul$`] },
  });
  if (running.length === 0) return;
  const isTheirs = (key: string) => names.some((name) => key.includes(`/${name}_`));
  const keys = Object.keys(await site.keys("traefik/")).filter(isTheirs);
  await Promise.all(keys.map((key) => site.deleteKey(key)));
}

function labelled(deployment: string) {
  return { label: [`io.axon.deployment=${deployment}`] };
}

function listContainers(deployment: string): Promise<Docker.ContainerInfo[]> {
  return docker.listContainers({ all: true, filters: labelled(deployment) });
}

export function listNetworks(deployment: string): Promise<Docker.NetworkInspectInfo[]> {
  return docker.listNetworks({ filters: labelled(deployment) });
}

export async function listVolumes(deployment: string): Promise<string[]> {
  const filters = JSON.stringify(labelled(deployment)) as never;
  const { Volumes } = await docker.listVolumes({ filters });
  return (Volumes ?? []).map(({ Name }) => Name).sort();
}

async function removeDeployment(deployment: string): Promise<void> {
  const containers = await listContainers(deployment);
  await Promise.all(
    containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })),
  );
  for (const { Id } of await listNetworks(deployment)) {
    const network = docker.getNetwork(Id);
    const { Containers } = await network.inspect();
    for (const attached of Object.keys(Containers ?? {})) {
      await network.disconnect({ Container: attached, Force: true });
    }
    await network.remove();
  }
  const volumes = await listVolumes(deployment);
  await Promise.all(volumes.map((name) => docker.getVolume(name).remove()));
}

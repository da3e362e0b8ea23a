import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import Docker from "dockerode";

const AXON = resolve("dist/axon.js");

export interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Site extends AsyncDisposable {
  /** Name of the deployment, unique. */
  readonly deployment: string;
  readonly directory: string;
  /** Name of the system deployment that keeps this site's store, unique. */
  readonly system: string;
  readonly docker: Docker;
  /** Writes a file into the site's directory. */
  write(name: string, text: string): void;
  /** Runs the built command in the site's directory. */
  axon(args: readonly string[], options?: RunOptions): Promise<Run>;
  /** `axon deploy --yes` of the file Servicefile; throws with the whole output unless it exits with 0. */
  deploy(servicefile?: string): Promise<Run>;
  /** Containers of the deployment by service, as the engine itself tells. */
  containers(): Promise<Docker.ContainerInfo[]>;
  /** What the store holds below a prefix, as Consul itself tells. */
  keys(prefix: string): Promise<Record<string, string>>;
  /** Deletes or writes a key behind Axon's back. */
  putKey(key: string, value: string): Promise<void>;
}

/** A directory, a deployment name and a store that no other test has; all of it is gone afterwards. */
export function openSite(servicefile?: string): Site {
  const id = randomBytes(4).toString("hex");
  const directory = mkdtempSync(join(tmpdir(), "axon-site-"));
  const deployment = `t${id}`;
  const system = `t${id}-system`;
  const docker = new Docker();
  const env = { AXON_SYSTEM: system, AXON_LABELS: `axon.test=${process.env.AXON_TEST_RUN}` };
  const site: Site = {
    deployment,
    directory,
    system,
    docker,
    write: (name, text) => {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), text);
    },
    axon: (args, options = {}) =>
      run(args, { cwd: directory, env: { ...env, ...options.env }, signal: options.signal }),
    deploy: async (text) => {
      if (text !== undefined) site.write("Servicefile", text);
      const done = await site.axon(["deploy", "-D", deployment, "--yes"]);
      if (done.exitCode !== 0) throw new Error(`deploy failed:\n${done.stdout}\n${done.stderr}`);
      return done;
    },
    containers: () =>
      docker.listContainers({
        all: true,
        filters: { label: [`io.axon.deployment=${deployment}`] },
      }),
    keys: async (prefix) => readKeys(await storeUrl(docker, system), prefix),
    putKey: async (key, value) => {
      await fetch(`${await storeUrl(docker, system)}/v1/kv/${key}`, { method: "PUT", body: value });
    },
    [Symbol.asyncDispose]: async () => {
      if (process.env.AXON_KEEP === "1") return;
      await removeDeployment(docker, deployment);
      await removeDeployment(docker, system);
      rmSync(directory, { recursive: true, force: true });
    },
  };
  if (servicefile !== undefined) site.write("Servicefile", servicefile);
  return site;
}

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}

function run(args: readonly string[], { cwd, env, signal }: Place): Promise<Run> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [AXON, ...args], {
      cwd,
      env: { ...process.env, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      ...(signal && { signal }),
    });
    const texts = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => {
      texts.stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      texts.stderr += chunk;
    });
    child.once("error", fail);
    child.once("close", (exitCode) => done({ exitCode, ...texts }));
  });
}

/** Of the managed Consul's HTTP API, so that a test need not believe Axon's own client. */
export async function storeUrl(docker: Docker, system: string): Promise<string> {
  const { NetworkSettings } = await docker.getContainer(`axon-${system}-consul`).inspect();
  const port = NetworkSettings.Ports["8500/tcp"]?.[0]?.HostPort;
  if (port === undefined) throw new Error("the managed store publishes no port");
  return `http://127.0.0.1:${port}`;
}

async function readKeys(url: string, prefix: string): Promise<Record<string, string>> {
  const response = await fetch(`${url}/v1/kv/${prefix}?recurse`);
  if (response.status === 404) return {};
  const entries = (await response.json()) as { Key: string; Value: string | null }[];
  return Object.fromEntries(
    entries.map(({ Key, Value }) => [Key, Buffer.from(Value ?? "", "base64").toString("utf8")]),
  );
}

async function removeDeployment(docker: Docker, deployment: string): Promise<void> {
  const filters = { label: [`io.axon.deployment=${deployment}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(
    containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })),
  );
  for (const { Id } of await docker.listNetworks({ filters })) {
    const network = docker.getNetwork(Id);
    const { Containers } = await network.inspect();
    for (const attached of Object.keys(Containers ?? {})) {
      await network.disconnect({ Container: attached, Force: true });
    }
    await network.remove();
  }
  const { Volumes } = await docker.listVolumes({ filters: JSON.stringify(filters) as never });
  await Promise.all((Volumes ?? []).map(({ Name }) => docker.getVolume(Name).remove()));
}

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EtcdAddress } from "../../src/kv/store-address.ts";

const READY_MILLISECONDS = 60_000;
/** A short time between elections is what allows sessions of 1 s. */
const SETTINGS = "--heartbeat-interval=50 --election-timeout=500 --logger=zap";

export interface TestEtcd extends AsyncDisposable {
  readonly address: EtcdAddress;
  /** Of its HTTP API, so that a test need not believe Axon's own client. */
  readonly url: string;
  /** Resolves when it has a leader again; the data is kept. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  pause(): void;
  unpause(): void;
}

export interface EtcdOptions {
  readonly host?: string;
  /** Speaks TLS with what is in these files, and only to those whose certificate it signed. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string; readonly caFile: string };
}

/** A real server of one node with a folder of its own, on loopback. */
export async function startEtcd(options: EtcdOptions = {}): Promise<TestEtcd> {
  return await startMember([await newPeer(0)], { ...options, index: 0 });
}

/** Three servers that keep the same, as long as two of them are there. */
export async function startEtcdCluster(): Promise<readonly TestEtcd[]> {
  const peers = await Promise.all([0, 1, 2].map(newPeer));
  return await Promise.all(peers.map((_, index) => startMember(peers, { index })));
}

interface Peer {
  readonly name: string;
  readonly url: string;
}

async function newPeer(index: number): Promise<Peer> {
  return { name: `member${index}`, url: `http://127.0.0.1:${await freePort("127.0.0.1")}` };
}

async function startMember(
  peers: readonly Peer[],
  { index, host = "127.0.0.1", tls }: EtcdOptions & { readonly index: number },
): Promise<TestEtcd> {
  const folder = mkdtempSync(join(tmpdir(), "axon-etcd-"));
  const port = await freePort(host);
  const url = `${tls ? "https" : "http"}://${host}:${port}`;
  const health = `http://127.0.0.1:${await freePort("127.0.0.1")}`;
  const own = peers[index] as Peer;
  const flags = [
    ...[`--name=${own.name}`, `--data-dir=${folder}/data`, ...SETTINGS.split(" ")],
    ...[`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`],
    ...[`--listen-peer-urls=${own.url}`, `--initial-advertise-peer-urls=${own.url}`],
    `--initial-cluster=${peers.map((peer) => `${peer.name}=${peer.url}`).join(",")}`,
    `--listen-metrics-urls=${health}`,
    ...(tls ? tlsFlags(tls) : []),
  ];
  const run = () => start({ flags, health, logFile: join(folder, "log") });
  let running = await run();
  return {
    address: { kind: "etcd", hosts: [{ host, port }], secure: tls !== undefined },
    url,
    restart: async () => {
      await stop(running);
      running = await run();
    },
    stop: () => stop(running),
    pause: () => void running.kill("SIGSTOP"),
    unpause: () => void running.kill("SIGCONT"),
    [Symbol.asyncDispose]: async () => {
      await stop(running);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function tlsFlags({ certFile, keyFile, caFile }: NonNullable<EtcdOptions["tls"]>) {
  return [
    `--cert-file=${certFile}`,
    `--key-file=${keyFile}`,
    `--trusted-ca-file=${caFile}`,
    "--client-cert-auth",
  ];
}

interface Run {
  readonly flags: readonly string[];
  readonly health: string;
  readonly logFile: string;
}

async function start({ flags, health, logFile }: Run): Promise<ChildProcess> {
  const log = openSync(logFile, "a");
  const child = spawn(program(), flags, { stdio: ["ignore", log, log] });
  closeSync(log);
  process.once("exit", () => child.kill("SIGKILL"));
  // It tells nobody when it has elected itself, so it is asked.
  const deadline = Date.now() + READY_MILLISECONDS;
  while (!(await isHealthy(health))) {
    if (child.exitCode !== null || child.pid === undefined || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`etcd did not start:\n${readFileSync(logFile, "utf8")}`);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  return child;
}

let found: string | undefined;

function program(): string {
  found ??= execFileSync("node", ["scripts/etcd.mjs"], { encoding: "utf8" }).trim();
  return found;
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) });
    return response.ok;
  } catch {
    return false;
  }
}

/** It keeps what it has answered for when it is killed, as it must. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EtcdAddress } from "../../src/kv/store-address.ts";
import { fetched } from "./fetched.ts";
import { freePort } from "./free-port.ts";
import { startServer, stopServer } from "./server-process.ts";

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
  return { name: `member${index}`, url: `http://127.0.0.1:${await freePort()}` };
}

async function startMember(
  peers: readonly Peer[],
  { index, host = "127.0.0.1", tls }: EtcdOptions & { readonly index: number },
): Promise<TestEtcd> {
  const folder = mkdtempSync(join(tmpdir(), "axon-etcd-"));
  const port = await freePort(host);
  const url = `${tls ? "https" : "http"}://${host}:${port}`;
  const health = `http://127.0.0.1:${await freePort()}`;
  const own = peers[index] as Peer;
  const flags = [
    ...[`--name=${own.name}`, `--data-dir=${folder}/data`, ...SETTINGS.split(" ")],
    ...[`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`],
    ...[`--listen-peer-urls=${own.url}`, `--initial-advertise-peer-urls=${own.url}`],
    `--initial-cluster=${peers.map((peer) => `${peer.name}=${peer.url}`).join(",")}`,
    `--listen-metrics-urls=${health}`,
    ...(tls ? tlsFlags(tls) : []),
  ];
  const isReady = () => isHealthy(health);
  const logFile = join(folder, "log");
  const run = () => startServer({ command: fetched("ETCD"), flags, logFile, isReady });
  let running = await run();
  return {
    address: { kind: "etcd", hosts: [{ host, port }], secure: tls !== undefined },
    url,
    restart: async () => {
      await stopServer(running);
      running = await run();
    },
    stop: () => stopServer(running),
    pause: () => void running.kill("SIGSTOP"),
    unpause: () => void running.kill("SIGCONT"),
    [Symbol.asyncDispose]: async () => {
      await stopServer(running);
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

/** Only when it has elected itself. */
async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) });
    return response.ok;
  } catch {
    return false;
  }
}

import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import type { Endpoint, ZooKeeperAddress } from "../../src/kv/store-address.ts";
import { fetched } from "./fetched.ts";
import { freePort } from "./free-port.ts";
import { startServer, stopServer } from "./server-process.ts";

const MAIN = "org.apache.zookeeper.server.quorum.QuorumPeerMain";
/** It starts faster so, and is gone before it would have learnt to be quick. */
const JVM = ["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dzookeeper.forceSync=no"];
/** Sessions of 1 s are allowed, and the end of one is noticed soon. */
const SETTINGS = ["tickTime=200", "minSessionTimeout=400", "maxSessionTimeout=60000"];

export interface TestZooKeeper extends AsyncDisposable {
  readonly address: ZooKeeperAddress;
  /** Resolves when it answers again; the data is kept. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  pause(): void;
  unpause(): void;
}

export interface ZooKeeperOptions {
  /** An address of this machine. */
  readonly host?: string;
  /** Speaks TLS with what is in these files, and only that, and only with who has a certificate of the same. */
  readonly tls?: PemFiles;
}

/** Both in PEM; the key is behind its certificate. */
export interface PemFiles {
  readonly certAndKeyFile: string;
  readonly caFile: string;
}

const LOOPBACK = "127.0.0.1";

/** A real server of one node with a folder of its own. */
export async function startZooKeeper({
  host = LOOPBACK,
  tls,
}: ZooKeeperOptions = {}): Promise<TestZooKeeper> {
  const folder = mkdtempSync(join(tmpdir(), "axon-zookeeper-"));
  const endpoint = { host, port: await freePort(host) };
  configure(folder, tls ? secureWay(endpoint, tls) : plainWay(endpoint));
  return await supervise(folder, { ...endpoint, pem: tls && readFileSync(tls.certAndKeyFile) });
}

/** Three servers that agree on everything. A restart waits until it serves again, so two of them must run. */
export async function startEnsemble(): Promise<readonly TestZooKeeper[]> {
  const numbers = [1, 2, 3];
  const ports = await Promise.all([...numbers, ...numbers].map(() => freePort(LOOPBACK)));
  const members = numbers.map(
    (number) => `server.${number}=${LOOPBACK}:${ports[number - 1]}:${ports[number + 2]}`,
  );
  return await Promise.all(
    numbers.map(async (number) => {
      const folder = mkdtempSync(join(tmpdir(), "axon-zookeeper-"));
      mkdirSync(join(folder, "data"));
      writeFileSync(join(folder, "data", "myid"), String(number));
      const endpoint = { host: LOOPBACK, port: await freePort(LOOPBACK) };
      configure(folder, ["initLimit=50", "syncLimit=10", ...members, ...plainWay(endpoint)]);
      return await supervise(folder, { ...endpoint, pem: undefined });
    }),
  );
}

async function supervise(folder: string, place: Place): Promise<TestZooKeeper> {
  let running = await start(folder, place);
  const hosts = [{ host: place.host, port: place.port }];
  return {
    address: { kind: "zookeeper", hosts, chroot: "", secure: place.pem !== undefined },
    restart: async () => {
      await stopServer(running);
      running = await start(folder, place);
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

function configure(folder: string, lines: readonly string[]): void {
  const all = [`dataDir=${folder}/data`, "admin.enableServer=false", ...SETTINGS, ...lines];
  writeFileSync(join(folder, "zoo.cfg"), `${all.join("\n")}\n`);
}

function plainWay({ host, port }: Endpoint): readonly string[] {
  return [`clientPort=${port}`, `clientPortAddress=${host}`];
}

function secureWay(
  { host, port }: Endpoint,
  { certAndKeyFile, caFile }: PemFiles,
): readonly string[] {
  return [
    `secureClientPort=${port}`,
    `secureClientPortAddress=${host}`,
    "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
    `ssl.keyStore.location=${certAndKeyFile}`,
    `ssl.trustStore.location=${caFile}`,
    "ssl.clientAuth=need",
    "ssl.hostnameVerification=false",
  ];
}

interface Place extends Endpoint {
  /** Certificate and key to ask with, where it speaks TLS. */
  readonly pem: Buffer | undefined;
}

async function start(folder: string, place: Place): Promise<ChildProcess> {
  const [command = "java", classPath = ""] = fetched("ZOOKEEPER").split("\n");
  const flags = [...JVM, "-cp", classPath, MAIN, join(folder, "zoo.cfg")];
  const isReady = () => serves(place);
  return await startServer({ command, flags, logFile: join(folder, "log"), isReady });
}

/** It takes connections before it serves them; one of its words tells. */
async function serves({ host, port, pem }: Place): Promise<boolean> {
  const to = { host, port };
  const socket = pem
    ? connectTls({ ...to, cert: pem, key: pem, rejectUnauthorized: false })
    : connect(to);
  socket.setTimeout(2_000, () => socket.destroy());
  socket.end("srvr");
  try {
    return (await text(socket)).startsWith("Zookeeper version");
  } catch {
    return false;
  }
}

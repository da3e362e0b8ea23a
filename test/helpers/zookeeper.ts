import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import type { ZooKeeperAddress } from "../../src/kv/store-address.ts";

const READY_MILLISECONDS = 60_000;
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
  readonly host?: string;
  /** Lines of zoo.cfg besides the usual. */
  readonly settings?: readonly string[];
  /** Speaks TLS with what is in these files, and only that; in PEM, the key behind its certificate. */
  readonly tls?: { readonly certAndKeyFile: string; readonly caFile: string };
}

/** A real server of one node with a folder of its own, on loopback. */
export async function startZooKeeper(options: ZooKeeperOptions = {}): Promise<TestZooKeeper> {
  const { host = "127.0.0.1", tls } = options;
  const folder = mkdtempSync(join(tmpdir(), "axon-zookeeper-"));
  const port = await freePort(host);
  writeFileSync(join(folder, "zoo.cfg"), configuration(folder, { ...options, host, port }));
  const secure = tls !== undefined;
  const run = () => start(folder, { host, port, secure });
  let running = await run();
  return {
    address: { kind: "zookeeper", hosts: [{ host, port }], chroot: "", secure },
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

function configuration(
  folder: string,
  { host, port, tls, settings = [] }: ZooKeeperOptions & { host: string; port: number },
): string {
  const way = tls
    ? [
        `secureClientPort=${port}`,
        `secureClientPortAddress=${host}`,
        "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
        `ssl.keyStore.location=${tls.certAndKeyFile}`,
        `ssl.trustStore.location=${tls.caFile}`,
        "ssl.clientAuth=want",
      ]
    : [`clientPort=${port}`, `clientPortAddress=${host}`];
  const lines = [`dataDir=${folder}/data`, "admin.enableServer=false", ...SETTINGS, ...way];
  return `${[...lines, ...settings].join("\n")}\n`;
}

interface Place {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

async function start(folder: string, place: Place): Promise<ChildProcess> {
  const [java = "java", classPath = ""] = program();
  const log = openSync(join(folder, "log"), "a");
  const child = spawn(java, [...JVM, "-cp", classPath, MAIN, join(folder, "zoo.cfg")], {
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  process.once("exit", () => child.kill("SIGKILL"));
  // It tells nobody when it listens, so it is asked.
  const deadline = Date.now() + READY_MILLISECONDS;
  while (!(await serves(place))) {
    if (child.exitCode !== null || child.pid === undefined || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`ZooKeeper did not start:\n${readFileSync(join(folder, "log"), "utf8")}`);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  return child;
}

let found: readonly string[] | undefined;

function program(): readonly string[] {
  found ??= execFileSync("node", ["scripts/zookeeper.mjs"], { encoding: "utf8" }).split("\n");
  return found;
}

/** It takes connections before it serves them; one of its words tells. */
async function serves({ host, port, secure }: Place): Promise<boolean> {
  const socket = secure
    ? connectTls({ host, port, rejectUnauthorized: false })
    : connect({ host, port });
  socket.setTimeout(2_000, () => socket.destroy());
  socket.end("srvr");
  try {
    return (await text(socket)).startsWith("Zookeeper version");
  } catch {
    return false;
  }
}

/** It keeps its data when it is killed, as it must. */
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

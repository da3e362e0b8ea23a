import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { untilReady } from "./until-ready.ts";

/** A Docker engine that no other test uses, so that it can be stopped and started. */
export interface PrivateEngine extends AsyncDisposable {
  readonly docker: Docker;
  /** For DOCKER_HOST. */
  readonly host: string;
  /** As the service manager of a host does it: SIGTERM, and when it is gone it is started on the same data. */
  restart(): Promise<void>;
}

const STOP_MILLISECONDS = 30_000;

/**
 * In namespaces of its own: of processes, so that nothing outlives it; of the network, so that its bridges and
 * rules are nobody else's; of mounts, so that it cannot see a containerd of the system.
 */
const START = `
ip link set lo up
if [ -d /run/containerd ]; then mount -t tmpfs tmpfs /run/containerd; fi
exec dockerd --data-root "$1/data" --exec-root "$1/exec" --host "unix://$1/docker.sock" --pidfile "$1/pid"`;

/** Of the version of the engine that the tests use, and with these images of it. */
export async function startPrivateEngine(images: readonly string[]): Promise<PrivateEngine> {
  const directory = mkdtempSync(join(tmpdir(), "axon-engine-"));
  const docker = new Docker({ socketPath: join(directory, "docker.sock") });
  let running = await start(directory, docker);
  const dispose = async () => {
    await stop(running);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const tested = new Docker();
    await expectSameVersion(docker, tested);
    for (const image of images) {
      await ended(docker, await docker.loadImage(await tested.getImage(image).get()));
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    docker,
    host: `unix://${directory}/docker.sock`,
    restart: async () => {
      await stop(running);
      running = await start(directory, docker);
    },
    [Symbol.asyncDispose]: dispose,
  };
}

async function start(directory: string, docker: Docker): Promise<ChildProcess> {
  rmSync(join(directory, "exec"), { recursive: true, force: true });
  mkdirSync(join(directory, "exec"));
  const log = openSync(join(directory, "log"), "a");
  const unshare = ["--pid", "--fork", "--kill-child", "--mount-proc", "--net", "--mount"];
  const child = spawn("unshare", [...unshare, "sh", "-c", START, "sh", directory], {
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  process.once("exit", () => child.kill("SIGKILL"));
  const hasEnded = () => child.exitCode !== null || child.pid === undefined;
  if (await untilReady(() => answers(docker), hasEnded)) return child;
  child.kill("SIGKILL");
  throw new Error(`dockerd did not start:\n${readFileSync(join(directory, "log"), "utf8")}`);
}

async function expectSameVersion(engine: Docker, tested: Docker): Promise<void> {
  const [own, wanted] = await Promise.all([engine.version(), tested.version()]);
  if (own.Version === wanted.Version) return;
  throw new Error(
    `the tests are on engine ${wanted.Version}, and dockerd in PATH is ${own.Version}: ` +
      "put that of the engine first (scripts/engine run does for those that it starts)",
  );
}

function answers(docker: Docker): Promise<boolean> {
  return docker.ping().then(
    () => true,
    () => false,
  );
}

/** `unshare` heeds no signal; its child is dockerd, and with that one everything in its namespace ends. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const { pid } = child;
  const dockerd = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());
  const gone = once(child, "exit");
  process.kill(dockerd, "SIGTERM");
  const timer = setTimeout(() => process.kill(dockerd, "SIGKILL"), STOP_MILLISECONDS);
  await gone;
  clearTimeout(timer);
}

async function ended(docker: Docker, stream: NodeJS.ReadableStream): Promise<void> {
  await new Promise<void>((done, fail) => {
    docker.modem.followProgress(stream, (error) => (error ? fail(error) : done()));
  });
}

import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import Docker from "dockerode";
import type { CaddyAddress } from "../../src/router/caddy/caddy-address.ts";
import { untilReady } from "./until-ready.ts";

const IMAGE = "axon-example/caddy:2";
const ADMIN = "2019/tcp";
const HTTP = "80/tcp";
const HTTPS = "443/tcp";

export interface TestCaddy extends AsyncDisposable {
  /** For `--router`. */
  readonly router: string;
  /** Where its admin API answers. */
  readonly admin: CaddyAddress;
  readonly id: string;
  /** Ports of this machine's loopback. */
  readonly httpPort: number;
  readonly httpsPort: number;
  /** On the engine's own network, where it listens on port 80: without what publishes ports in between. */
  readonly address: string;
  /** Its whole configuration, as Caddy itself tells. */
  config(): Promise<unknown>;
  setConfig(config: object): Promise<void>;
  /** Makes a part of its configuration, as somebody else would. */
  put(path: string, part: object): Promise<void>;
  join(network: string): Promise<void>;
}

/** A real Caddy in a container of its own, without any configuration. */
export async function startCaddy(): Promise<TestCaddy> {
  const docker = new Docker();
  const any = [{ HostIp: "127.0.0.1", HostPort: "" }];
  const container = await docker.createContainer({
    Image: IMAGE,
    Env: ["CADDY_ADMIN=0.0.0.0:2019"],
    Labels: testLabels(),
    ExposedPorts: { [ADMIN]: {}, [HTTP]: {}, [HTTPS]: {} },
    HostConfig: {
      // What is no name of a container is nobody's, and no name server outside is asked: on the engine's own network
      // that would be this one, and on others the engine asks none for a name without a dot.
      Dns: ["127.0.0.1"],
      DnsOptions: ["ndots:1"],
      DnsSearch: ["."],
      PortBindings: { [ADMIN]: any, [HTTP]: any, [HTTPS]: any },
    },
  });
  const remove = async () => {
    if (process.env.AXON_KEEP !== "1") await container.remove({ force: true, v: true });
  };
  try {
    await container.start();
    const { NetworkSettings } = await container.inspect();
    const portOf = (name: string) => Number(NetworkSettings.Ports[name]?.[0]?.HostPort);
    const port = portOf(ADMIN);
    const isReady = () =>
      ask(port).then(
        () => true,
        () => false,
      );
    if (!(await untilReady(isReady))) throw new Error("Caddy does not answer");
    return {
      router: `caddy://127.0.0.1:${port}`,
      admin: { host: "127.0.0.1", port },
      id: container.id,
      httpPort: portOf(HTTP),
      httpsPort: portOf(HTTPS),
      address: NetworkSettings.Networks.bridge?.IPAddress ?? "",
      config: async () => JSON.parse((await ask(port)).text),
      setConfig: (config) => tell(port, { method: "POST", path: "/config/", body: config }),
      put: (path, body) => tell(port, { method: "PUT", path, body }),
      join: async (network) => {
        await docker.getNetwork(network).connect({ Container: container.id });
      },
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** One whose admin API is a socket, in a folder of this machine. */
export async function startCaddyOnSocket(): Promise<AsyncDisposable & Pick<TestCaddy, "admin">> {
  const folder = mkdtempSync(join(tmpdir(), "axon-caddy-"));
  const container = await new Docker().createContainer({
    Image: IMAGE,
    // For whoever runs the tests: who is inside is root.
    Env: ["CADDY_ADMIN=unix//admin/admin.sock|0666"],
    Labels: testLabels(),
    HostConfig: { Binds: [`${folder}:/admin`] },
  });
  const socketPath = join(folder, "admin.sock");
  const remove = async () => {
    if (process.env.AXON_KEEP === "1") return;
    await container.remove({ force: true, v: true });
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await container.start();
    if (!(await untilReady(async () => existsSync(socketPath)))) {
      throw new Error("Caddy made no socket");
    }
    return { admin: { socketPath }, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function testLabels(): Record<string, string> {
  return { "axon.test": process.env.AXON_TEST_RUN ?? randomUUID() };
}

interface Told {
  readonly method: "POST" | "PUT";
  readonly path: string;
  readonly body: object;
}

/** With each change, Caddy opens another socket for its admin API, and resets what was waiting at the old one. */
async function tell(port: number, told: Told): Promise<void> {
  const answer = await ask(port, told).catch((problem: NodeJS.ErrnoException) => {
    if (problem.code !== "ECONNRESET") throw problem;
    return undefined;
  });
  if (answer === undefined) return await tell(port, told);
  const isThere = told.method === "PUT" && answer.status === 409;
  if (answer.status !== 200 && !isThere) throw new Error(`Caddy refused it: ${answer.text}`);
}

/** Caddy takes `fetch` for a web page of somebody else's, and refuses it. */
function ask(port: number, told?: Told): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const { method = "GET", path = "/config/", body } = told ?? {};
    const place = { host: "127.0.0.1", port, path, agent: false };
    const sent = request({ ...place, method, headers }, (answer) => {
      textOf(answer).then((text) => resolve({ status: answer.statusCode ?? 0, text }), reject);
    });
    sent.once("error", reject).end(body && JSON.stringify(body));
  });
}

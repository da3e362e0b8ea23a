import { randomUUID } from "node:crypto";
import type { Container } from "dockerode";
import Docker from "dockerode";
import type { ConsulAddress } from "../../src/kv/store-address.ts";
import { freePort } from "./free-port.ts";
import { untilReady } from "./until-ready.ts";

const CONSUL_PORT = "8500/tcp";
const SECURE_PORT = "8501/tcp";

export interface TestConsul extends AsyncDisposable {
  readonly address: ConsulAddress;
  /** Of its HTTP API, so that a test need not believe Axon's own client. */
  readonly url: string;
  /** Resolves when it has a leader again; the data is kept. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  pause(): Promise<void>;
  unpause(): Promise<void>;
}

/** Names of files in PEM. */
export interface ConsulTls {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
}

/**
 * A real server of one node in a container of its own; `hcl` is configuration besides the usual. With `tls` its
 * address is that of a second port, where it answers only those whose certificate is signed by that of `caFile`.
 */
export async function startConsul(hcl = "", tls?: ConsulTls): Promise<TestConsul> {
  // Chosen here and not by the engine, which would choose another one at every start.
  const [port, securePort] = [await freePort(), await freePort()];
  const container = await createContainer({ port, securePort, hcl, tls });
  const url = `http://127.0.0.1:${port}`;
  const remove = async () => {
    if (process.env.AXON_KEEP !== "1") await container.remove({ force: true, v: true });
  };
  const awaitLeader = () => awaitReady(url, container);
  try {
    await container.start();
    await awaitLeader();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    address: {
      kind: "consul",
      host: "127.0.0.1",
      port: tls ? securePort : port,
      secure: tls !== undefined,
    },
    url,
    restart: async () => {
      await container.restart({ t: 5 });
      await awaitLeader();
    },
    stop: () => container.stop({ t: 5 }),
    pause: () => container.pause(),
    unpause: () => container.unpause(),
    [Symbol.asyncDispose]: remove,
  };
}

interface Wish {
  readonly port: number;
  readonly securePort: number;
  readonly hcl: string;
  readonly tls: ConsulTls | undefined;
}

async function createContainer({ port, securePort, hcl, tls }: Wish): Promise<Container> {
  const image = process.env.AXON_CONSUL_IMAGE;
  if (!image) {
    throw new Error(
      "AXON_CONSUL_IMAGE names no image: run scripts/images and set it to one of Consul",
    );
  }
  const published = { [CONSUL_PORT]: port, ...(tls && { [SECURE_PORT]: securePort }) };
  const command = "consul agent -server -bootstrap-expect=1 -client=0.0.0.0 -bind=127.0.0.1";
  return await new Docker().createContainer({
    Image: image,
    Entrypoint: command.split(" "),
    Cmd: [
      "-data-dir=/consul/data",
      "-hcl",
      `performance { raft_multiplier = 1 }\n${hcl}\n${tls ? tlsSettings(tls) : ""}`,
    ],
    Labels: { "axon.test": process.env.AXON_TEST_RUN ?? randomUUID() },
    ExposedPorts: mapValues(published, () => ({})),
    HostConfig: {
      PortBindings: mapValues(published, (number) => [
        { HostIp: "127.0.0.1", HostPort: String(number) },
      ]),
      Binds: Object.values(tls ?? {}).map((file) => `${file}:${file}:ro`),
    },
  });
}

function tlsSettings({ certFile, keyFile, caFile }: ConsulTls): string {
  return `
    ports { https = ${Number.parseInt(SECURE_PORT, 10)} }
    verify_incoming = true
    cert_file = "${certFile}"
    key_file = "${keyFile}"
    ca_file = "${caFile}"`;
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, map: (value: In) => Out) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

async function awaitReady(url: string, container: Container): Promise<void> {
  if (await untilReady(() => hasLeader(url))) return;
  throw new Error(`Consul has no leader:\n${await logs(container)}`);
}

/** With ACLs, a new leader takes no tokens and policies for a moment. */
async function hasLeader(url: string): Promise<boolean> {
  try {
    const { status } = await ask(`${url}/v1/kv/ready?consistent`);
    const { text } = await ask(`${url}/v1/acl/policies`);
    return status !== 500 && !text.includes("legacy mode");
  } catch {
    return false;
  }
}

async function ask(url: string) {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return { status: response.status, text: await response.text() };
}

async function logs(container: Container): Promise<string> {
  return String(await container.logs({ stdout: true, stderr: true, tail: 50 }));
}

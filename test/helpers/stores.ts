import { readKeys } from "./axon.ts";
import { startConsul } from "./consul.ts";
import { startEtcd, type TestEtcd } from "./etcd.ts";
import { hostAddress, startRecordingProxy } from "./recording-proxy.ts";

/** A real server that this machine and its containers reach under one address. */
export interface TestStore extends AsyncDisposable {
  /** For `--kv`. */
  readonly address: string;
  /** What is below a prefix, as the server itself tells. */
  keys(prefix: string): Promise<Record<string, string>>;
  /** Resolves when it answers again; the data is kept. */
  restart(): Promise<void>;
}

export interface StoreKind {
  readonly name: string;
  /** With sessions of 2 s allowed. */
  start(): Promise<TestStore>;
}

/** Every kind of store that Axon can use. What is true of one must be of each. */
export const STORE_KINDS: readonly StoreKind[] = [
  { name: "Consul", start: startReachableConsul },
  { name: "etcd", start: startReachableEtcd },
];

async function startReachableConsul(): Promise<TestStore> {
  const consul = await startConsul('session_ttl_min = "1s"');
  const { port } = consul.address;
  const proxy = await startRecordingProxy({ host: "127.0.0.1", port }, hostAddress());
  return {
    address: `consul://${proxy.address}`,
    keys: (prefix) => readKeys(consul.url, prefix),
    restart: () => consul.restart(),
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await consul[Symbol.asyncDispose]();
    },
  };
}

async function startReachableEtcd(): Promise<TestStore> {
  const etcd = await startEtcd({ host: hostAddress() });
  return {
    address: etcd.url.replace("http", "etcd"),
    keys: (prefix) => readEtcdKeys(etcd, prefix),
    restart: () => etcd.restart(),
    [Symbol.asyncDispose]: () => etcd[Symbol.asyncDispose](),
  };
}

/** By the JSON that it speaks besides gRPC. */
export async function readEtcdKeys(
  { url }: Pick<TestEtcd, "url">,
  prefix: string,
): Promise<Record<string, string>> {
  const end = Buffer.from(prefix);
  const last = end.length - 1;
  end[last] = (end[last] ?? 0) + 1;
  const request = {
    key: Buffer.from(prefix).toString("base64"),
    range_end: end.toString("base64"),
  };
  const response = await fetch(`${url}/v3/kv/range`, {
    method: "POST",
    body: JSON.stringify(request),
    headers: { connection: "close" },
  });
  const { kvs = [] } = (await response.json()) as { kvs?: { key: string; value?: string }[] };
  const text = (base64: string) => Buffer.from(base64, "base64").toString();
  return Object.fromEntries(kvs.map(({ key, value = "" }) => [text(key), text(value)]));
}

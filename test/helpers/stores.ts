import { describeAddress } from "../../src/kv/store-address.ts";
import { readKeys } from "./axon.ts";
import { startConsul } from "./consul.ts";
import { startEtcd, type TestEtcd } from "./etcd.ts";
import { gateway } from "./gateway.ts";
import { startRecordingProxy } from "./recording-proxy.ts";
import { startZooKeeper, type TestZooKeeper } from "./zookeeper.ts";
import { openWitness } from "./zookeeper-witness.ts";

/** A real server that this machine and its containers reach under one address. */
export interface TestStore extends AsyncDisposable {
  /** For `--kv`. */
  readonly address: string;
  /** What is below a prefix, as the server itself tells. */
  keys(prefix: string): Promise<Record<string, string>>;
  /** By key, where in its history the server last wrote it, as the server itself tells. */
  positions(): Promise<Record<string, string>>;
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
  { name: "ZooKeeper", start: startReachableZooKeeper },
];

async function startReachableConsul(): Promise<TestStore> {
  const consul = await startConsul('session_ttl_min = "1s"');
  const { port } = consul.address;
  const proxy = await startRecordingProxy({ host: "127.0.0.1", port }, await gateway());
  return {
    address: `consul://${proxy.address}`,
    keys: (prefix) => readKeys(consul.url, prefix),
    positions: () => consulPositions(consul.url),
    restart: () => consul.restart(),
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await consul[Symbol.asyncDispose]();
    },
  };
}

async function startReachableEtcd(): Promise<TestStore> {
  const etcd = await startEtcd({ host: await gateway() });
  return {
    address: etcd.url.replace("http", "etcd"),
    keys: (prefix) => readEtcdKeys(etcd, prefix),
    positions: () => etcdPositions(etcd),
    restart: () => etcd.restart(),
    [Symbol.asyncDispose]: () => etcd[Symbol.asyncDispose](),
  };
}

async function startReachableZooKeeper(): Promise<TestStore> {
  const zookeeper = await startZooKeeper({ host: await gateway() });
  return {
    address: describeAddress(zookeeper.address),
    keys: (prefix) => readZooKeeperKeys(zookeeper, prefix),
    positions: () => zookeeperPositions(zookeeper),
    restart: () => zookeeper.restart(),
    [Symbol.asyncDispose]: () => zookeeper[Symbol.asyncDispose](),
  };
}

/** By a client that is not Axon's. What begins with a tilde is in no key. */
async function readZooKeeperKeys(
  { address }: Pick<TestZooKeeper, "address">,
  prefix: string,
): Promise<Record<string, string>> {
  using witness = await openWitness(address);
  const found: Record<string, string> = {};
  const visit = async (path: string): Promise<void> => {
    const value = await witness.data(path);
    const key = path.slice(1);
    if (value !== undefined && key.startsWith(prefix)) found[key] = value;
    for (const name of await witness.children(path)) {
      if (!name.startsWith("~")) await visit(path === "/" ? `/${name}` : `${path}/${name}`);
    }
  };
  const folder = `/${prefix}`.replace(/\/[^/]*$/, "") || "/";
  await visit(folder).catch((error: unknown) => {
    if (!String(error).includes("NO_NODE")) throw error;
  });
  return found;
}

/** Of every node, also of those that are in no key. */
async function zookeeperPositions({
  address,
}: Pick<TestZooKeeper, "address">): Promise<Record<string, string>> {
  using witness = await openWitness(address);
  const found: Record<string, string> = {};
  const visit = async (path: string): Promise<void> => {
    found[path] = await witness.position(path);
    for (const name of await witness.children(path)) {
      await visit(path === "/" ? `/${name}` : `${path}/${name}`);
    }
  };
  await visit("/");
  return found;
}

async function consulPositions(url: string): Promise<Record<string, string>> {
  const response = await fetch(`${url}/v1/kv/?recurse`, { headers: { connection: "close" } });
  const entries = (await response.json()) as { Key: string; ModifyIndex: number }[];
  return Object.fromEntries(entries.map(({ Key, ModifyIndex }) => [Key, String(ModifyIndex)]));
}

/** By the JSON that it speaks besides gRPC. */
export async function readEtcdKeys(
  { url }: Pick<TestEtcd, "url">,
  prefix: string,
): Promise<Record<string, string>> {
  const end = Buffer.from(prefix);
  const last = end.length - 1;
  end[last] = (end[last] ?? 0) + 1;
  const kvs = await readEtcdRange(url, { key: Buffer.from(prefix), end });
  const text = (base64: string) => Buffer.from(base64, "base64").toString();
  return Object.fromEntries(kvs.map(({ key, value = "" }) => [text(key), text(value)]));
}

async function etcdPositions({ url }: Pick<TestEtcd, "url">): Promise<Record<string, string>> {
  const all = Buffer.from([0]);
  const kvs = await readEtcdRange(url, { key: all, end: all });
  return Object.fromEntries(
    kvs.map(({ key, mod_revision }) => [Buffer.from(key, "base64").toString(), mod_revision]),
  );
}

interface EtcdEntry {
  readonly key: string;
  readonly value?: string;
  readonly mod_revision: string;
}

async function readEtcdRange(
  url: string,
  { key, end }: { readonly key: Buffer; readonly end: Buffer },
): Promise<readonly EtcdEntry[]> {
  const request = { key: key.toString("base64"), range_end: end.toString("base64") };
  const response = await fetch(`${url}/v3/kv/range`, {
    method: "POST",
    body: JSON.stringify(request),
    headers: { connection: "close" },
  });
  const { kvs = [] } = (await response.json()) as { kvs?: EtcdEntry[] };
  return kvs;
}

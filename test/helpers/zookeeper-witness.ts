// @ts-expect-error It has no types.
import library from "node-zookeeper-client";
import type { ZooKeeperAddress } from "../../src/kv/store-address.ts";

type Answer<T> = (error: Error | null, value: T) => void;

interface Client {
  once(event: "connected", listener: () => void): void;
  connect(): void;
  close(): void;
  addAuthInfo(scheme: string, auth: Buffer): void;
  getData(path: string, answer: Answer<Buffer | undefined>): void;
  getChildren(path: string, answer: Answer<string[]>): void;
  getChildren(path: string, watcher: () => void, answer: Answer<string[]>): void;
  mkdirp(path: string, answer: Answer<string>): void;
  setData(path: string, data: Buffer, answer: Answer<unknown>): void;
  exists(path: string, answer: Answer<{ readonly mzxid: Buffer } | null>): void;
  getACL(path: string, answer: Answer<readonly NodeAccess[]>): void;
}

interface NodeAccess {
  readonly permission: number;
  readonly id: { readonly scheme: string; readonly id: string };
}

/** A client that is not Axon's, to see what others see. */
export interface ZooKeeperWitness extends Disposable {
  /** undefined: a node that never got data. */
  data(path: string): Promise<string | undefined>;
  children(path: string): Promise<readonly string[]>;
  /** Of the last transaction that wrote the node. */
  position(path: string): Promise<string>;
  /** Told, once, when a child of the node comes or goes. */
  watch(path: string): Promise<{ readonly told: Promise<void> }>;
  /** With all nodes above it. */
  put(path: string, value: string): Promise<void>;
  access(path: string): Promise<readonly string[]>;
}

const { createClient } = library as {
  readonly createClient: (hosts: string) => Client;
};

export async function openWitness(
  { hosts }: ZooKeeperAddress,
  digest?: string,
): Promise<ZooKeeperWitness> {
  const client = createClient(hosts.map(({ host, port }) => `${host}:${port}`).join(","));
  if (digest) client.addAuthInfo("digest", Buffer.from(digest));
  const connected = new Promise<void>((resolve) => client.once("connected", resolve));
  client.connect();
  await connected;
  return {
    data: async (path) =>
      (await answerOf<Buffer | undefined>((answer) => client.getData(path, answer)))?.toString(),
    children: async (path) =>
      (await answerOf<string[]>((answer) => client.getChildren(path, answer))).toSorted(),
    position: async (path) => {
      const stat = await answerOf<{ readonly mzxid: Buffer } | null>((answer) =>
        client.exists(path, answer),
      );
      return stat?.mzxid.toString("hex") ?? "";
    },
    watch: async (path) => {
      let tell: () => void = () => undefined;
      const told = new Promise<void>((resolve) => {
        tell = resolve;
      });
      await answerOf<string[]>((answer) => client.getChildren(path, tell, answer));
      return { told };
    },
    put: async (path, value) => {
      await answerOf<string>((answer) => client.mkdirp(path, answer));
      await answerOf<unknown>((answer) => client.setData(path, Buffer.from(value), answer));
    },
    access: async (path) => {
      const found = await answerOf<readonly NodeAccess[]>((answer) => client.getACL(path, answer));
      return found.map(({ id }) => `${id.scheme}:${id.id.split(":")[0]}`);
    },
    [Symbol.dispose]: () => client.close(),
  };
}

function answerOf<T>(ask: (answer: Answer<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    ask((error, value) => (error ? reject(error) : resolve(value)));
  });
}

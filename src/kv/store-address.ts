import type { Secret } from "../secret.ts";

/** Where a store is and how one gets in. Says nothing of what is kept there. */
export type StoreAddress = ConsulAddress | EtcdAddress | ZooKeeperAddress;
export type StoreKind = StoreAddress["kind"];

export interface ConsulAddress extends Endpoint, Transport {
  readonly kind: "consul";
  readonly token?: Secret | undefined;
  /** Axon's own: the engine tells whether it runs, and the token may read everything. */
  readonly isManaged?: boolean;
  /** Where it is now: the engine gives it another port at each start. undefined: nowhere. */
  readonly locate?: () => Promise<Endpoint | undefined>;
}

export interface EtcdAddress extends Ensemble {
  readonly kind: "etcd";
}

export interface ZooKeeperAddress extends Ensemble {
  readonly kind: "zookeeper";
  /** Below which everything is: `/axon`; empty for the root. */
  readonly chroot: string;
}

/** Servers that keep the same and of which any will do; at least one. */
interface Ensemble extends Transport {
  readonly hosts: readonly Endpoint[];
  readonly login?: Login | undefined;
}

export interface Endpoint {
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
}

export interface Login {
  readonly user: string;
  readonly password: Secret;
}

interface Transport {
  /** Speak TLS. */
  readonly secure: boolean;
  /** Nothing, where the connection is not secure. */
  readonly tls?: TlsOptions | undefined;
}

/** Files are in PEM. */
export interface TlsOptions {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly serverName?: string | undefined;
  /** false: any certificate will do. */
  readonly verify?: boolean | undefined;
  /** Who names each file, for readers: `AXON_KV_KEY`. */
  readonly variables?: Readonly<Partial<Record<TlsFile, string>>>;
}

export type TlsFile = "caFile" | "certFile" | "keyFile";

/** For readers: `consul://127.0.0.1:8500`. */
export function describeAddress(address: StoreAddress): string {
  return `${address.kind}${address.secure ? "s" : ""}://${placeOf(address)}`;
}

/** `10.0.0.5:2379,10.0.0.6:2379`; with its chroot, where there is one. */
export function placeOf(address: StoreAddress): string {
  if (address.kind === "consul") return hostAndPort(address);
  const hosts = address.hosts.map(hostAndPort).join(",");
  return address.kind === "zookeeper" ? hosts + address.chroot : hosts;
}

export function hostAndPort({ host, port }: Endpoint): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

import { AxonError } from "../errors.ts";
import type { Endpoint, StoreAddress, StoreKind } from "../kv/store-address.ts";
import {
  type Environment,
  isYes,
  type ReadFile,
  readLogin,
  readToken,
  tlsOptions,
} from "./store-credentials.ts";

/** The store that Axon keeps by itself, as a container beside the deployments. */
export interface ManagedStore {
  readonly kind: "managed";
}

export interface StoreSources {
  /** The value of `--kv`. */
  readonly flag: string | undefined;
  readonly env: Environment;
  readonly readFile: ReadFile;
}

interface Scheme {
  readonly kind: StoreKind;
  readonly secure: boolean;
  readonly defaultPort: number;
}

const SCHEMES = new Map<string, Scheme>([
  ["consul", { kind: "consul", secure: false, defaultPort: 8500 }],
  ["consuls", { kind: "consul", secure: true, defaultPort: 8501 }],
  ["http", { kind: "consul", secure: false, defaultPort: 80 }],
  ["https", { kind: "consul", secure: true, defaultPort: 443 }],
  ["etcd", { kind: "etcd", secure: false, defaultPort: 2379 }],
  ["etcds", { kind: "etcd", secure: true, defaultPort: 2379 }],
  ["zookeeper", { kind: "zookeeper", secure: false, defaultPort: 2181 }],
  ["zookeepers", { kind: "zookeeper", secure: true, defaultPort: 2281 }],
]);

/** How its address is written, for the hint of an error. */
const FORMS: Record<StoreKind, string> = {
  consul: "consul://host:8500, or consuls://host:8501 for TLS",
  etcd: "etcd://host:2379, with more hosts after commas, or etcds:// for TLS",
  zookeeper: "zookeeper://host:2181/chroot, with more hosts after commas, or zookeepers:// for TLS",
};

/** `--kv`, then AXON_KV, then CONSUL_HTTP_ADDR; an empty one counts as not given. */
export async function resolveStoreAddress(
  sources: StoreSources,
): Promise<StoreAddress | ManagedStore> {
  const { flag, env } = sources;
  if (flag) return await readAddress("--kv", flag, sources);
  if (env.AXON_KV) return await readAddress("AXON_KV", env.AXON_KV, sources);
  if (env.CONSUL_HTTP_ADDR) return await consulAddress(env.CONSUL_HTTP_ADDR, sources);
  return { kind: "managed" };
}

/** Consul's own tools take a bare host and port here; another variable says whether it is TLS. */
async function consulAddress(text: string, sources: StoreSources): Promise<StoreAddress> {
  const scheme = isYes(sources.env.CONSUL_HTTP_SSL) ? "consuls" : "consul";
  const url = text.includes("://") ? text : `${scheme}://${text}`;
  const address = await readAddress("CONSUL_HTTP_ADDR", url, sources);
  if (address.kind === "consul") return address;
  throw usage(`CONSUL_HTTP_ADDR names a store of kind ${address.kind}`, "consul");
}

async function readAddress(
  source: string,
  text: string,
  { env, readFile }: StoreSources,
): Promise<StoreAddress> {
  const [, name = "", rest = ""] = /^([a-z]+):\/\/(.*)$/is.exec(text) ?? [];
  const scheme = schemeOf(source, name.toLowerCase());
  const { kind, secure } = scheme;
  const { hosts, path } = parsePlace(source, rest, scheme);
  const transport = { secure, ...(secure && { tls: tlsOptions(kind, env) }) };
  if (kind === "consul") {
    const token = await readToken(env, readFile);
    return { kind, ...oneOf(source, hosts), ...transport, ...(token && { token }) };
  }
  const login = await readLogin(kind, env, readFile);
  const ensemble = { hosts, ...transport, ...(login && { login }) };
  return kind === "etcd" ? { kind, ...ensemble } : { kind, ...ensemble, chroot: path };
}

function schemeOf(source: string, name: string): Scheme {
  const scheme = SCHEMES.get(name);
  if (scheme) return scheme;
  throw usage(name === "" ? `${source} is no address` : `${source} names an unknown kind, ${name}`);
}

/** Never repeats the text, in which there may be a credential. */
function parsePlace(source: string, text: string, { kind, defaultPort }: Scheme) {
  if (text.includes("@")) {
    const hint = `Take it out of the address and set ${
      kind === "consul" ? "AXON_KV_TOKEN or CONSUL_HTTP_TOKEN" : "AXON_KV_USER and AXON_KV_PASSWORD"
    }`;
    throw new AxonError("USAGE", `${source} holds a credential, which others could see`, { hint });
  }
  const [, names = "", rawPath = ""] = /^([^/]*)(.*)$/s.exec(text) ?? [];
  const path = rawPath.replace(/\/$/, "");
  if (kind === "zookeeper" ? !CHROOT.test(path) : path !== "") {
    throw usage(`${source} has a path that is none of such a store's`, kind);
  }
  const hosts = names.split(",").map((name) => parseHost(name, defaultPort));
  if (!hosts.every((host) => host !== undefined)) {
    throw usage(`${source} is not a host and a port`, kind);
  }
  return { hosts, path };
}

/** Of the parts of a path that ZooKeeper takes; `zookeeper` is its own. */
const CHROOT = /^(\/(?!\.{1,2}(\/|$)|zookeeper(\/|$))[\w.-]+)*$/;

function parseHost(text: string, defaultPort: number): Endpoint | undefined {
  const url = URL.canParse(`store://${text}`) ? new URL(`store://${text}`) : undefined;
  if (!url || url.hostname === "" || url.port === "0" || url.search || url.hash) return undefined;
  const port = url.port === "" ? defaultPort : Number(url.port);
  return { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port };
}

/** Consul's servers are behind its agents, of which one is asked. */
function oneOf(source: string, [host, ...more]: readonly Endpoint[]): Endpoint {
  if (host && more.length === 0) return host;
  throw usage(`${source} names several hosts, of which a Consul has one`, "consul");
}

function usage(problem: string, kind?: StoreKind): AxonError {
  const form = kind ? FORMS[kind] : "consul://host:8500, etcd://host:2379 or zookeeper://host:2181";
  return new AxonError("USAGE", problem, { hint: `Write it as ${form}` });
}

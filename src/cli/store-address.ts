import { AxonError } from "../errors.ts";
import type { StoreAddress, TlsOptions } from "../kv/store-address.ts";
import { Secret } from "../secret.ts";

/** The store that Axon keeps by itself, as a container beside the deployments. */
export interface ManagedStore {
  readonly kind: "managed";
}

type Environment = Readonly<Record<string, string | undefined>>;

export interface StoreSources {
  /** The value of `--kv`. */
  readonly flag: string | undefined;
  readonly env: Environment;
}

interface Scheme {
  readonly secure: boolean;
  readonly defaultPort: number;
}

const SCHEMES = new Map<string, Scheme>([
  ["consul", { secure: false, defaultPort: 8500 }],
  ["consuls", { secure: true, defaultPort: 8501 }],
  ["http", { secure: false, defaultPort: 80 }],
  ["https", { secure: true, defaultPort: 443 }],
]);
const LATER = ["etcd", "etcds", "zookeeper", "zk"];

/** `--kv`, then AXON_KV, then CONSUL_HTTP_ADDR; an empty one counts as not given. */
export function resolveStoreAddress({ flag, env }: StoreSources): StoreAddress | ManagedStore {
  if (flag) return parseAddress("--kv", flag, env);
  if (env.AXON_KV) return parseAddress("AXON_KV", env.AXON_KV, env);
  if (env.CONSUL_HTTP_ADDR) return consulAddress(env.CONSUL_HTTP_ADDR, env);
  return { kind: "managed" };
}

/** Consul's own tools take a bare host and port here; another variable says whether it is TLS. */
function consulAddress(text: string, env: Environment): StoreAddress {
  const scheme = parseBoolean(env.CONSUL_HTTP_SSL) ? "consuls" : "consul";
  return parseAddress("CONSUL_HTTP_ADDR", text.includes("://") ? text : `${scheme}://${text}`, env);
}

function parseAddress(source: string, text: string, env: Environment): StoreAddress {
  const [, name = "", rest = ""] = /^([a-z]+):\/\/(.*)$/is.exec(text) ?? [];
  const { secure, defaultPort } = schemeOf(source, name.toLowerCase());
  const { hostname, port } = parseHost(source, rest);
  return {
    kind: "consul",
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? defaultPort : Number(port),
    secure,
    ...(env.CONSUL_HTTP_TOKEN && { token: new Secret(env.CONSUL_HTTP_TOKEN) }),
    ...(secure && { tls: tlsOptions(env) }),
  };
}

function schemeOf(source: string, name: string): Scheme {
  const scheme = SCHEMES.get(name);
  if (scheme) return scheme;
  if (LATER.includes(name)) {
    throw usage(`${source} names a store of kind ${name}, which is not supported yet`);
  }
  throw usage(name === "" ? `${source} is no address` : `${source} names an unknown kind, ${name}`);
}

/** Never repeats the text, in which there may be a credential. */
function parseHost(source: string, text: string): URL {
  const url = URL.canParse(`consul://${text}`) ? new URL(`consul://${text}`) : undefined;
  if (url?.username || url?.password) {
    const hint = "Take it out of the address and set CONSUL_HTTP_TOKEN";
    throw new AxonError("USAGE", `${source} holds a credential, which others could see`, { hint });
  }
  const isPlain = url && url.port !== "0" && !url.search && !url.hash && url.pathname.length <= 1;
  if (!isPlain || url.hostname === "") throw usage(`${source} is not a host and a port`);
  return url;
}

/** The variables of Consul's own tools. */
function tlsOptions(env: Environment): TlsOptions {
  return {
    ...(env.CONSUL_CACERT && { caFile: env.CONSUL_CACERT }),
    ...(env.CONSUL_CLIENT_CERT && { certFile: env.CONSUL_CLIENT_CERT }),
    ...(env.CONSUL_CLIENT_KEY && { keyFile: env.CONSUL_CLIENT_KEY }),
    ...(env.CONSUL_TLS_SERVER_NAME && { serverName: env.CONSUL_TLS_SERVER_NAME }),
    verify: parseBoolean(env.CONSUL_HTTP_SSL_VERIFY) ?? true,
  };
}

/** As Consul reads it. */
function parseBoolean(text: string | undefined): boolean | undefined {
  if (/^(1|t|true)$/i.test(text ?? "")) return true;
  if (/^(0|f|false)$/i.test(text ?? "")) return false;
  return undefined;
}

function usage(problem: string): AxonError {
  return new AxonError("USAGE", problem, {
    hint: "Write it as consul://host:8500, or consuls://host:8501 for TLS",
  });
}

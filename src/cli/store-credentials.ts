import { AxonError } from "../errors.ts";
import type { Login, StoreKind, TlsOptions } from "../kv/store-address.ts";
import { Secret } from "../secret.ts";
import { unreadable } from "./unreadable.ts";

export type Environment = Readonly<Record<string, string | undefined>>;
export type ReadFile = (path: string) => Promise<string>;

/** `AXON_KV_TOKEN` and Consul's own variables; a file wins over a variable, as Consul has it. */
export async function readToken(env: Environment, readFile: ReadFile): Promise<Secret | undefined> {
  refuse(env, ["AXON_KV_USER", "AXON_KV_PASSWORD", "AXON_KV_PASSWORD_FILE"], {
    taker: "Consul takes a token",
    hint: "Set AXON_KV_TOKEN or AXON_KV_TOKEN_FILE instead",
  });
  return (
    (await secretFile("AXON_KV_TOKEN_FILE", env, readFile)) ??
    secret(env.AXON_KV_TOKEN) ??
    (await secretFile("CONSUL_HTTP_TOKEN_FILE", env, readFile)) ??
    secret(env.CONSUL_HTTP_TOKEN)
  );
}

export async function readLogin(
  kind: "etcd" | "zookeeper",
  env: Environment,
  readFile: ReadFile,
): Promise<Login | undefined> {
  refuse(env, ["AXON_KV_TOKEN", "AXON_KV_TOKEN_FILE"], {
    taker: `${kind} takes a user and a password`,
    hint: "Set AXON_KV_USER and AXON_KV_PASSWORD or AXON_KV_PASSWORD_FILE instead",
  });
  const password =
    (await secretFile("AXON_KV_PASSWORD_FILE", env, readFile)) ?? secret(env.AXON_KV_PASSWORD);
  const user = env.AXON_KV_USER;
  if (user && password) return { user, password };
  if (user || password) {
    const [given, lacking] = user ? ["USER", "PASSWORD"] : ["PASSWORD", "USER"];
    throw new AxonError("USAGE", `AXON_KV_${given} is set without AXON_KV_${lacking}`);
  }
  return kind === "etcd" ? etcdctlLogin(env) : undefined;
}

/** `user:password`, or the password in a variable of its own. */
function etcdctlLogin({ ETCDCTL_USER: text, ETCDCTL_PASSWORD }: Environment): Login | undefined {
  if (!text) return undefined;
  const [, user = text, inText] = /^([^:]*):(.*)$/s.exec(text) ?? [];
  const password = secret(ETCDCTL_PASSWORD) ?? secret(inText);
  if (user && password) return { user, password };
  throw new AxonError("USAGE", "ETCDCTL_USER is set without ETCDCTL_PASSWORD", {
    hint: "Write it as user:password, or set ETCDCTL_PASSWORD",
  });
}

interface TlsVariables {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
}

/** Of each store's own tools. ZooKeeper's have properties of Java instead. */
const OWN: Record<StoreKind, TlsVariables> = {
  consul: {
    ca: "CONSUL_CACERT",
    cert: "CONSUL_CLIENT_CERT",
    key: "CONSUL_CLIENT_KEY",
    serverName: "CONSUL_TLS_SERVER_NAME",
  },
  etcd: { ca: "ETCDCTL_CACERT", cert: "ETCDCTL_CERT", key: "ETCDCTL_KEY" },
  zookeeper: {},
};

export function tlsOptions(kind: StoreKind, env: Environment): TlsOptions {
  const own = OWN[kind];
  const named = (general: string, other: string | undefined) =>
    [general, other].find((name) => name !== undefined && env[name]);
  const names = {
    caFile: named("AXON_KV_CACERT", own.ca),
    certFile: named("AXON_KV_CERT", own.cert),
    keyFile: named("AXON_KV_KEY", own.key),
    serverName: named("AXON_KV_SERVER_NAME", own.serverName),
  };
  const given = Object.entries(names).flatMap(([part, name]) =>
    name === undefined ? [] : [[part, name] as const],
  );
  return {
    ...Object.fromEntries(given.map(([part, name]) => [part, env[name]])),
    verify: shallVerify(kind, env),
    ...(given.length > 0 && { variables: Object.fromEntries(given) }),
  };
}

function shallVerify(kind: StoreKind, env: Environment): boolean {
  if (kind === "consul") return !isNo(env.CONSUL_HTTP_SSL_VERIFY);
  return kind !== "etcd" || !isYes(env.ETCDCTL_INSECURE_SKIP_TLS_VERIFY);
}

/** As Consul and etcdctl read it. */
export function isYes(text: string | undefined): boolean {
  return /^(1|t|true)$/i.test(text ?? "");
}

function isNo(text: string | undefined): boolean {
  return /^(0|f|false)$/i.test(text ?? "");
}

function refuse(
  env: Environment,
  names: readonly string[],
  { taker, hint }: { readonly taker: string; readonly hint: string },
): void {
  const given = names.find((name) => env[name]);
  if (given) throw new AxonError("USAGE", `${given} is set, but ${taker}`, { hint });
}

function secret(text: string | undefined): Secret | undefined {
  return text ? new Secret(text) : undefined;
}

/** The end of line that editors leave behind it is no part of it. */
async function secretFile(
  name: string,
  env: Environment,
  readFile: ReadFile,
): Promise<Secret | undefined> {
  const path = env[name];
  if (!path) return undefined;
  const text = await readFile(path).catch((cause: unknown) => {
    throw unreadable(path, { cause, hint: `${name} names it.` });
  });
  const found = secret(text.replace(/\r?\n$/, ""));
  if (found) return found;
  throw new AxonError("USAGE", `${path} is empty`, { hint: `${name} names it.` });
}

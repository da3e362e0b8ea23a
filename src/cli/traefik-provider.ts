import { AxonError } from "../errors.ts";
import type { StoreAddress } from "../kv/store-address.ts";
import type { LiveContainer } from "../live.ts";
import type { Secret, Text } from "../secret.ts";
import { STORE_ALIAS, STORE_PORT } from "../system/system-model.ts";
import { otherProviderOf, providerEnv, type TraefikStore } from "../system/traefik-env.ts";
import type { Context } from "./context.ts";
import { resolveStoreAddress } from "./store-address.ts";

interface Flags {
  readonly kv: string | undefined;
}

interface Router {
  readonly live: LiveContainer | undefined;
  /** By which it reads the routes in the managed store. */
  readonly token: Secret | undefined;
}

/** The store that Traefik is to read is the one that Axon keeps. */
export async function readsManagedStore(
  flags: Flags,
  live: LiveContainer | undefined,
  context: Context,
): Promise<boolean> {
  const address = await storeAddressOf(flags, context);
  return address.kind === "managed" && keptProvider(flags, live) === undefined;
}

/** Which store Traefik reads, by a token or password of its own. */
export async function providerOf(
  flags: Flags,
  { live, token }: Router,
  context: Context,
): Promise<Readonly<Record<string, Text>>> {
  const address = await storeAddressOf(flags, context);
  const kept = keptProvider(flags, live);
  if (address.kind === "managed" && kept !== undefined) {
    checkNothingForIt(context.env);
    return kept;
  }
  const store = address.kind === "managed" ? managedStore(token) : { address };
  checkReachable(store.address);
  checkTls(store.address);
  const file = store.address.tls?.caFile;
  const authority = file === undefined ? undefined : await context.readFile(file);
  return providerEnv({ ...store, authority });
}

function storeAddressOf({ kv }: Flags, { env, readFile }: Context) {
  return resolveStoreAddress({ flag: kv, env: credentialsOfRouter(env), readFile });
}

/** What is not said stays as it is. */
function keptProvider({ kv }: Flags, live: LiveContainer | undefined) {
  return kv === undefined ? otherProviderOf(live) : undefined;
}

/** A token without the store that it is for would be left out without a word. */
function checkNothingForIt(env: Context["env"]): void {
  const given = Object.values(OF_AXON).find((name) => name !== undefined && env[name]);
  if (given === undefined) return;
  throw new AxonError("USAGE", `${given} is set, and not the store that it is for`, {
    hint: "Name the store that the router reads, too: --kv.",
  });
}

/** What Axon itself comes in with, and in its place what the router does. */
const OF_AXON: Readonly<Record<string, string | undefined>> = {
  AXON_KV_TOKEN: "AXON_ROUTER_KV_TOKEN",
  AXON_KV_TOKEN_FILE: "AXON_ROUTER_KV_TOKEN_FILE",
  AXON_KV_USER: "AXON_ROUTER_KV_USER",
  AXON_KV_PASSWORD: "AXON_ROUTER_KV_PASSWORD",
  AXON_KV_PASSWORD_FILE: "AXON_ROUTER_KV_PASSWORD_FILE",
  CONSUL_HTTP_TOKEN: undefined,
  CONSUL_HTTP_TOKEN_FILE: undefined,
  ETCDCTL_USER: undefined,
  ETCDCTL_PASSWORD: undefined,
};

/** Axon's own may write everything: it is not handed on. */
function credentialsOfRouter(env: Context["env"]): Context["env"] {
  const own = Object.entries(OF_AXON).map(([name, other]) => [
    name,
    other === undefined ? undefined : env[other],
  ]);
  return { ...env, ...Object.fromEntries(own) };
}

function managedStore(token: Secret | undefined): TraefikStore {
  const address = { kind: "consul", host: STORE_ALIAS, port: STORE_PORT, secure: false } as const;
  return { address: { ...address, ...(token && { token }) } };
}

/** What a container takes for its own loopback is not the engine's host. */
function checkReachable(address: StoreAddress): void {
  const hosts = address.kind === "consul" ? [address] : address.hosts;
  const own = hosts.find(({ host }) => /^(localhost|127\..*|::1)$/.test(host));
  if (own !== undefined) {
    const message = `the router would look for the store at ${own.host}, which is itself in its container`;
    throw new AxonError("USAGE", message, {
      hint: "Name the store by an address that containers reach.",
    });
  }
}

/** What Traefik cannot be told: it would start, and never read a route. */
function checkTls({ kind, secure, tls = {} }: StoreAddress): void {
  if (kind === "zookeeper" && secure) {
    throw new AxonError("USAGE", "Traefik cannot speak TLS to ZooKeeper", {
      hint: "Name a ZooKeeper without TLS, or take --kind caddy.",
    });
  }
  const own = tls.certFile ?? tls.keyFile;
  if (own !== undefined) {
    const message = `the store is to be shown a certificate (${own}), which is Axon's own and not the router's`;
    throw new AxonError("USAGE", message, {
      hint: "Where the store also lets in who shows none, run this without that variable; else take --kind caddy, or a Traefik of your own.",
    });
  }
  if (tls.serverName !== undefined && tls.verify !== false) {
    const message = `Traefik cannot be told that the store's certificate is for ${tls.serverName}`;
    throw new AxonError("USAGE", message, {
      hint: "Name the store by a name that is in its certificate, or take --kind caddy.",
    });
  }
}

import { createHash } from "node:crypto";
import type { Engine } from "../engine/engine.ts";
import { AxonError } from "../errors.ts";
import type { StoreAddress } from "../kv/store-address.ts";
import type { ImageDefaults, LiveContainer } from "../live.ts";
import type { PlacedFile } from "../model.ts";
import type { Secret, Text } from "../secret.ts";
import { ACME_ROOT_FILE, type AcmeSettings, acmeEnv } from "../system/acme-settings.ts";
import type { HostPort, RouterKind, RouterWish } from "../system/router-model.ts";
import { STORE_ALIAS, STORE_PORT } from "../system/system-model.ts";
import { type TraefikStore, traefikEnv } from "../system/traefik-env.ts";
import { type AcmeFlags, acmeWish } from "./acme-wish.ts";
import type { Context } from "./context.ts";
import { hostPort } from "./host-port.ts";
import { resolveImage } from "./resolve-images.ts";
import { resolveStoreAddress } from "./store-address.ts";

export interface RouterFlags extends AcmeFlags {
  readonly kind: RouterKind | undefined;
  readonly kv: string | undefined;
  readonly http: string | undefined;
  readonly https: string | undefined;
}

interface Place {
  readonly engine: Engine;
  readonly kind: RouterKind;
  readonly live: LiveContainer | undefined;
  /** By which it reads the routes in the managed store. */
  readonly token: Secret | undefined;
}

const IMAGES = {
  traefik: { variable: "AXON_TRAEFIK_IMAGE", usual: "traefik:v3" },
  caddy: { variable: "AXON_CADDY_IMAGE", usual: "caddy:2" },
} as const;

/** What is asked for; what is not said stays as it is at the router that is there. */
export async function routerWish(
  flags: RouterFlags,
  { engine, kind, live, token }: Place,
  context: Context,
): Promise<{ readonly wish: RouterWish; readonly defaults: ImageDefaults }> {
  const { variable, usual } = IMAGES[kind];
  const reference = context.env[variable] || live?.spec.image.reference || usual;
  const onEvent = () => {};
  const acme = await acmeWish(flags, live, context);
  const own = kind === "traefik" ? await envOfTraefik(flags, { token, acme }, context) : {};
  const env = { ...own, ...acmeEnv(acme) };
  const image = await resolveImage(reference, { engine, signal: context.stop, onEvent });
  const http = placeOf("--http", flags.http, { live, port: 80 });
  const https = placeOf("--https", flags.https, { live, port: 443 });
  const files = kind === "traefik" && acme.root !== undefined ? [rootFile(acme.root)] : [];
  const wish = { kind, image: { reference, id: image.id }, http, https, env, files, live };
  return { wish, defaults: image.defaults };
}

function rootFile(content: string): PlacedFile {
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  return { target: ACME_ROOT_FILE, mode: 0o644, digest, content };
}

interface Published {
  readonly live: LiveContainer | undefined;
  readonly port: number;
}

function placeOf(flag: string, text: string | undefined, { live, port }: Published): HostPort {
  if (text !== undefined) return hostPort(flag, text);
  const there = live?.spec.publish.find((one) => one.port === port);
  return { hostAddress: there?.hostAddress ?? "", hostPort: there?.hostPort ?? port };
}

/** The store that Traefik is to read is the one that Axon keeps. */
export async function readsManagedStore(
  { kv }: Pick<RouterFlags, "kv">,
  { env, readFile }: Context,
): Promise<boolean> {
  const sources = { flag: kv, env: credentialsOfRouter(env), readFile };
  return (await resolveStoreAddress(sources)).kind === "managed";
}

/** Traefik reads the store, by a token or password of its own. */
async function envOfTraefik(
  { kv }: RouterFlags,
  { token, acme }: { readonly token: Secret | undefined; readonly acme: AcmeSettings },
  context: Context,
): Promise<Readonly<Record<string, Text>>> {
  const env = credentialsOfRouter(context.env);
  const { readFile } = context;
  const address = await resolveStoreAddress({ flag: kv, env, readFile });
  const store = address.kind === "managed" ? managedStore(token) : { address };
  checkReachable(store.address);
  checkTls(store.address);
  const file = store.address.tls?.caFile;
  const authority = file === undefined ? undefined : await context.readFile(file);
  return traefikEnv({ ...store, authority }, acme);
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

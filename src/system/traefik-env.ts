import type { StoreAddress, TlsOptions } from "../kv/store-address.ts";
import { hostAndPort } from "../kv/store-address.ts";
import type { LiveContainer } from "../live.ts";
import { reveal, type Text } from "../secret.ts";
import { ACME_ROOT_FILE, type AcmeSettings } from "./acme-settings.ts";
import { STORE_ALIAS, STORE_PORT } from "./system-model.ts";

export interface TraefikStore {
  readonly address: StoreAddress;
  /** What containers call it, where that is another name than the address has. */
  readonly endpoints?: readonly string[];
  /** The certificate that signed the store's, in PEM. */
  readonly authority?: string | undefined;
}

type Env = Readonly<Record<string, Text>>;

/**
 * All of Traefik's own settings, as variables: it takes them from arguments or from variables, never from both, and
 * arguments are no place for a token. `provider`: by which it reads the store.
 */
export function traefikEnv(provider: Env, acme: AcmeSettings): Env {
  const settings: Env = {
    ENTRYPOINTS_WEB_ADDRESS: ":80",
    ENTRYPOINTS_WEBSECURE_ADDRESS: ":443",
    GLOBAL_CHECKNEWVERSION: "false",
    GLOBAL_SENDANONYMOUSUSAGE: "false",
    PING: "true",
    ...resolverSettings(acme),
  };
  const own = Object.entries(settings).map(([name, value]) => [`TRAEFIK_${name}`, value]);
  return { ...Object.fromEntries(own), ...provider, ...rootSettings(acme) };
}

const PROVIDERS = "TRAEFIK_PROVIDERS_";

/** By which the router that is there reads a store that is not the managed one; undefined: it does not. */
export function otherProviderOf(router: LiveContainer | undefined): Env | undefined {
  const entries = Object.entries(router?.spec.env ?? {}).filter(([name]) =>
    name.startsWith(PROVIDERS),
  );
  const places = entries.filter(([name]) => name.endsWith("_ENDPOINTS"));
  const isOther = places.some(([, place]) => reveal(place) !== `${STORE_ALIAS}:${STORE_PORT}`);
  return isOther ? Object.fromEntries(entries) : undefined;
}

/** The resolver that `acme: true` means. It asks for nothing as long as no domain names it. */
function resolverSettings({ email, server }: AcmeSettings): Env {
  const resolver = "CERTIFICATESRESOLVERS_ACME_ACME";
  return {
    ...(email === undefined ? {} : { [`${resolver}_EMAIL`]: email }),
    ...(server === undefined ? {} : { [`${resolver}_CASERVER`]: server }),
    [`${resolver}_STORAGE`]: "/data/acme.json",
    [`${resolver}_HTTPCHALLENGE_ENTRYPOINT`]: "web",
  };
}

/** Traefik's own option for it came with 3.3; this is that of what it is made of, for all. */
function rootSettings({ root }: AcmeSettings): Env {
  return root === undefined ? {} : { LEGO_CA_CERTIFICATES: ACME_ROOT_FILE };
}

export function providerEnv({ address, endpoints, authority }: TraefikStore): Env {
  const provider = `${PROVIDERS}${address.kind.toUpperCase()}`;
  const hosts = address.kind === "consul" ? [address] : address.hosts;
  const chroot = address.kind === "zookeeper" ? address.chroot.slice(1) : "";
  return {
    [`${provider}_ENDPOINTS`]: (endpoints ?? hosts.map(hostAndPort)).join(","),
    [`${provider}_ROOTKEY`]: chroot === "" ? "traefik" : `${chroot}/traefik`,
    ...credentials(provider, address),
    ...(address.secure ? tlsSettings(provider, address.tls ?? {}, authority) : {}),
  };
}

function credentials(provider: string, address: StoreAddress): Env {
  if (address.kind === "consul") {
    return address.token === undefined ? {} : { [`${provider}_TOKEN`]: address.token };
  }
  if (address.login === undefined) return {};
  const { user, password } = address.login;
  return { [`${provider}_USERNAME`]: user, [`${provider}_PASSWORD`]: password };
}

function tlsSettings(provider: string, { verify }: TlsOptions, authority: string | undefined): Env {
  return {
    // Said in any case: without a word about TLS, Traefik speaks none, and its token goes in the clear.
    [`${provider}_TLS_INSECURESKIPVERIFY`]: String(verify === false),
    ...(authority === undefined ? {} : { [`${provider}_TLS_CA`]: authority }),
  };
}

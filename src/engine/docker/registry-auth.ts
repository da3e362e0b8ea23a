import { inspect } from "node:util";
import type { Secret } from "../../secret.ts";

export type RegistryCredentials =
  | { readonly kind: "password"; readonly username: string; readonly password: Secret }
  | { readonly kind: "token"; readonly token: Secret };

/** Looks up who may pull from a registry; undefined: whoever wants to. */
export type FindCredentials = (
  registry: string,
  signal: AbortSignal,
) => Promise<RegistryCredentials | undefined>;

/** What Docker calls its own registry wherever credentials are kept. */
const DOCKER_HUB = "https://index.docker.io/v1/";

/** As credentials are kept for: `registry.example.com:5000`. */
export function registryOf(reference: string): string {
  const slash = reference.indexOf("/");
  const first = reference.slice(0, Math.max(0, slash));
  const isHost = /[.:]/.test(first) || first === "localhost";
  return isHost && !/^(index\.)?docker\.io$/.test(first) ? first : DOCKER_HUB;
}

export function authHeader(registry: string, credentials: RegistryCredentials) {
  const who =
    credentials.kind === "token"
      ? { identitytoken: credentials.token.reveal() }
      : { username: credentials.username, password: credentials.password.reveal() };
  return { "X-Registry-Auth": new Unlogged(base64Url({ ...who, serveraddress: registry })) };
}

export function secretOf(credentials: RegistryCredentials): string {
  return (credentials.kind === "token" ? credentials.token : credentials.password).reveal();
}

/** Go's decoder insists on the padding. */
function base64Url(value: object): string {
  const text = Buffer.from(JSON.stringify(value)).toString("base64");
  return text.replaceAll("+", "-").replaceAll("/", "_");
}

/** docker-modem writes the headers of each request into its debug log. */
class Unlogged {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  toString(): string {
    return this.#value;
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}

import { AxonError } from "../errors.ts";
import type { CaddyAddress } from "../router/caddy/caddy-address.ts";

export type RouterAddress =
  /** It reads the store. */
  | { readonly kind: "traefik" }
  | { readonly kind: "caddy"; readonly admin: CaddyAddress }
  /** The Caddy that Axon runs, where it runs one; else a Traefik. */
  | { readonly kind: "managed" };

export interface RouterSources {
  /** The value of `--router`, or of the target. */
  readonly flag: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const ADMIN_PORT = 2019;
const HINT = "Write traefik, caddy://host:2019 or caddy+unix:///path/to/socket";

/** `--router`, then AXON_ROUTER; an empty one counts as not given. */
export function resolveRouterAddress({ flag, env }: RouterSources): RouterAddress {
  if (flag) return parse("--router", flag);
  if (env.AXON_ROUTER) return parse("AXON_ROUTER", env.AXON_ROUTER);
  return { kind: "managed" };
}

function parse(source: string, text: string): RouterAddress {
  if (text === "traefik") return { kind: "traefik" };
  const [, socketPath] = /^caddy\+unix:\/\/(\/.+)$/.exec(text) ?? [];
  if (socketPath !== undefined) return { kind: "caddy", admin: { socketPath } };
  // Whatever else is wrong with it: the message would repeat it.
  if (text.includes("@")) throw usage(`${source} holds a credential, which others could see`);
  const [, place] = /^caddy:\/\/(.+)$/.exec(text) ?? [];
  const url = URL.canParse(`caddy://${place}`) ? new URL(`caddy://${place}`) : undefined;
  const isPlain = url && url.port !== "0" && !url.search && !url.hash && url.pathname.length <= 1;
  if (place === undefined || !isPlain || url.hostname === "") {
    throw usage(`${source} is ${JSON.stringify(text)}, which is no router`);
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return { kind: "caddy", admin: { host, port: Number(url.port) || ADMIN_PORT } };
}

function usage(problem: string): AxonError {
  return new AxonError("USAGE", problem, { hint: HINT });
}

import { hostAndPort } from "../../kv/store-address.ts";

/** Where Caddy's admin API answers. */
export type CaddyAddress =
  /** `asked`: the name and port that it goes by where it listens, where that is at the other end of a tunnel. */
  | { readonly host: string; readonly port: number; readonly asked?: string }
  | { readonly socketPath: string };

export function describeCaddy(address: CaddyAddress): string {
  if ("socketPath" in address) return `caddy+unix://${address.socketPath}`;
  return `caddy://${hostAndPort(address)}`;
}

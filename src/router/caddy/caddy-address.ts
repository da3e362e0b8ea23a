/** Where Caddy's admin API answers. */
export type CaddyAddress =
  | { readonly host: string; readonly port: number }
  | { readonly socketPath: string };

export function describeCaddy(address: CaddyAddress): string {
  if ("socketPath" in address) return `caddy+unix://${address.socketPath}`;
  return `caddy://${address.host}:${address.port}`;
}

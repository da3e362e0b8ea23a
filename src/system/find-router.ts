/** The container of a router that Axon runs. */
export function routerName(deployment: string, kind: "caddy" | "traefik"): string {
  return `axon-${deployment}-${kind}`;
}

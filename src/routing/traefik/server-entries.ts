import type { RouteSpec } from "../../model.ts";
import { type Entries, entry, listed } from "./entries.ts";

/** The list of servers (`host:port`) of a route. */
export function serverEntries(
  { name, kind }: Pick<RouteSpec, "name" | "kind">,
  servers: readonly string[],
): Entries {
  const root = `traefik/${kind}/services/${name}/loadbalancer/servers`;
  return listed(root, servers).map(([key, server]) =>
    kind === "tcp" ? entry(`${key}/address`, server) : entry(`${key}/url`, `http://${server}`),
  );
}

import { cleanPath } from "../fields/clean-path.ts";
import type { HostPaths } from "../plan/shown-paths.ts";
import type { Servicefile } from "../servicefile/servicefile.ts";

/** How a plan shows what is mounted from the host; undefined where the directory is not known. */
export function hostPathsOf(
  { services }: Pick<Servicefile, "services">,
  directory: string | undefined,
): HostPaths | undefined {
  if (directory === undefined) return undefined;
  const mounts = Object.values(services).flatMap((service) => service.mounts);
  const absolute = mounts.filter(({ kind, source }) => kind === "bind" && source.startsWith("/"));
  return { directory, named: absolute.map(({ source }) => cleanPath(source)) };
}

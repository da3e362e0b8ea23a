import type { AttributeChange, Change } from "./plan.ts";

/** From where paths of the host are shown, so that a plan does not tell where somebody's checkout lies. */
export interface HostPaths {
  /** Absolute path of the directory of the Servicefile. */
  readonly directory: string;
  /** Absolute paths that the Servicefile itself names: they stay as they are. */
  readonly named: readonly string[];
}

/** What is mounted from the host, before and after, as a Servicefile in that directory would name it. */
export function withShownPaths(change: Change, paths: HostPaths | undefined): Change {
  if (paths === undefined) return change;
  return { ...change, attributes: change.attributes.map((one) => shownAttribute(one, paths)) };
}

function shownAttribute(attribute: AttributeChange, paths: HostPaths): AttributeChange {
  const { path, before, after } = attribute;
  if (!path.startsWith("volumes.")) return attribute;
  return { ...attribute, before: shownMount(before, paths), after: shownMount(after, paths) };
}

/** `/srv/shop/conf:ro`, or only where it is on the host. */
function shownMount<T extends AttributeChange["after"]>(mount: T, paths: HostPaths): T | string {
  if (typeof mount !== "string" || !mount.startsWith("/")) return mount;
  const colon = mount.indexOf(":");
  const source = colon < 0 ? mount : mount.slice(0, colon);
  return shownPath(source, paths) + mount.slice(source.length);
}

/** What has nothing in common with the directory tells nothing of it. */
function shownPath(path: string, { directory, named }: HostPaths): string {
  if (named.includes(path)) return path;
  const [from = [], to = []] = [directory, path].map((one) => one.split("/").slice(1));
  const parting = from.findIndex((part, index) => part !== to[index]);
  const shared = parting < 0 ? from.length : parting;
  if (shared === 0) return path;
  const up = from.slice(shared).map(() => "..");
  return [...(up.length > 0 ? up : ["."]), ...to.slice(shared)].join("/");
}

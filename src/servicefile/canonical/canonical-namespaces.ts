import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import type { OptionsEntry, RequireEntry } from "../servicefile.ts";
import { childOf, isNull, type Tree, textOf } from "../yaml/tree.ts";

type Namespaces = Pick<OptionsEntry, "networkMode" | "pid" | "ipc">;

const KEYS = { networkMode: "network_mode", pid: "pid", ipc: "ipc" } as const;

/** Of whom it shares network, processes and memory. What cannot go with that is reported. */
export function canonicalNamespaces(body: Tree, report: Report): Namespaces {
  const networkMode = textOf(childOf(body, KEYS.networkMode));
  if (networkMode !== undefined) reportContradictions(body, networkMode, report);
  return {
    networkMode,
    pid: textOf(childOf(body, KEYS.pid)),
    ipc: textOf(childOf(body, KEYS.ipc)),
  };
}

/** Names of services whose namespaces these are; sorted. */
export function sharedServices(options: OptionsEntry): string[] {
  const names = Object.keys(KEYS).flatMap((key) => serviceIn(options[key as keyof Namespaces]));
  return [...new Set(names)].sort();
}

/** A service must be there before what shares a namespace with it. */
export function withShared(
  require: readonly RequireEntry[],
  namespaces: Namespaces,
  key: string,
): readonly RequireEntry[] {
  const implied = Object.entries(KEYS).flatMap(([name, written]): RequireEntry[] =>
    serviceIn(namespaces[name as keyof Namespaces]).map((target) => ({
      target,
      condition: "started",
      path: [key, written],
    })),
  );
  const given = new Set(require.map(({ target }) => target));
  const missing = implied.filter(({ target }) => !given.has(target));
  return missing.length === 0 ? require : [...require, ...missing];
}

function serviceIn(mode: string | undefined): string[] {
  return mode?.startsWith("service:") ? [mode.slice("service:".length)] : [];
}

/** What belongs to a network of its own, and so to nothing that has none. */
const OF_OWN_NETWORK = ["networks", "publish", "wan_map"];
/** What belongs to the network that is shared. */
const OF_SHARED = ["hostname", "domainname", "dns", "dns_search", "dns_opt", "extra_hosts"];

function reportContradictions(body: Tree, mode: string, report: Report): void {
  const isShared = /^(service|container):/.test(mode);
  const published = mode === "bridge" ? ["networks"] : OF_OWN_NETWORK;
  for (const key of [...published, ...(isShared ? OF_SHARED : [])]) {
    const tree = childOf(body, key);
    if (tree === undefined || isNull(tree)) continue;
    const says = `cannot go with network_mode ${quoted(mode)}`;
    report({ path: tree.path, says, hint: `remove ${key}, or network_mode` });
  }
}

import { AxonError } from "../errors.ts";
import type { KvStore } from "../kv/kv-store.ts";
import { endpointDeployment, endpointRoot, everyDeployment } from "../store-layout.ts";

interface Wanted {
  /** To be read in any case. */
  readonly deployments: readonly string[];
  /** Services that any deployment may have. */
  readonly services: readonly string[];
}

type Endpoints = Readonly<Record<string, string>>;

/** Where services of other deployments are, by deployment, as those have told the store: `service/port` to `host:port`. */
export async function readCatalogue(
  store: KvStore | undefined,
  { deployments, services }: Wanted,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, Endpoints>>> {
  if (store === undefined) return {};
  const offering = services.length === 0 ? [] : await deploymentsWith(store, services, signal);
  const names = [...new Set([...deployments, ...offering])];
  const found = await Promise.all(
    names.map(async (name) => {
      const root = endpointRoot(name);
      const entries = await store.list(root, signal);
      return [name, relativeTo(root, entries)] as const;
    }),
  );
  return Object.fromEntries(found);
}

function relativeTo(
  root: string,
  entries: readonly { readonly key: string; readonly value: string }[],
): Endpoints {
  return Object.fromEntries(entries.map(({ key, value }) => [key.slice(root.length), value]));
}

/** A token that may not look at other deployments has none to find. */
async function deploymentsWith(
  store: KvStore,
  services: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const keys = await store.listKeys(everyDeployment, signal).catch((problem: unknown) => {
    if (problem instanceof AxonError && problem.code === "STORE_REFUSED") return [];
    throw problem;
  });
  return keys.flatMap((key) => {
    const { deployment, service } = endpointDeployment(key) ?? {};
    return deployment !== undefined && services.includes(service ?? "") ? [deployment] : [];
  });
}

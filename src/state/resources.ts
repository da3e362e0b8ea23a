import { AxonError } from "../errors.ts";
import type { KvStore } from "../kv/kv-store.ts";
import { resourceKey, resourceRoot } from "../store-layout.ts";

/** Facts that services of a deployment can require, by name. */
export type Resources = Readonly<Record<string, string>>;

export interface ResourcePlace {
  readonly deployment: string;
  readonly name: string;
}

/** Throws USAGE: the name must be one that a `require` can have. */
export function checkResourceName(name: string): void {
  if (/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/.test(name)) return;
  throw new AxonError("USAGE", `${JSON.stringify(name)} cannot be the name of a resource`, {
    hint: "Use letters, digits and dashes, at most 63.",
  });
}

export async function listResources(
  store: KvStore,
  deployment: string,
  signal?: AbortSignal,
): Promise<Resources> {
  const root = resourceRoot(deployment);
  const entries = await store.list(root, signal);
  return Object.fromEntries(entries.map(({ key, value }) => [key.slice(root.length), value]));
}

export async function setResource(
  store: KvStore,
  { deployment, name, value }: ResourcePlace & { readonly value: string },
  signal?: AbortSignal,
): Promise<void> {
  await store.transact([{ kind: "put", key: resourceKey(deployment, name), value }], signal);
}

/** false: it was not there. */
export async function unsetResource(
  store: KvStore,
  { deployment, name }: ResourcePlace,
  signal?: AbortSignal,
): Promise<boolean> {
  const key = resourceKey(deployment, name);
  if ((await store.get(key, signal)) === undefined) return false;
  await store.transact([{ kind: "delete", key }], signal);
  return true;
}

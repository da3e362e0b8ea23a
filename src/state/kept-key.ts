import type { KvStore } from "../kv/kv-store.ts";
import { Secret } from "../secret.ts";

/** undefined before it was made. */
export async function readKeptKey(
  store: KvStore,
  key: string,
  signal?: AbortSignal,
): Promise<Secret | undefined> {
  const entry = await store.get(key, signal);
  return entry && new Secret(entry.value);
}

/** Made from `random` where there is none yet, and never changed after that. */
export async function ensureKeptKey(
  store: KvStore,
  key: string,
  random: () => string,
): Promise<Secret> {
  const existing = await readKeptKey(store, key);
  if (existing) return existing;
  await store.transact([{ kind: "put", key, value: random(), expected: "absent" }]);
  return (await readKeptKey(store, key)) ?? ensureKeptKey(store, key, random);
}

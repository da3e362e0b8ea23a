import { hideCopies } from "../build-model/hide-copies.ts";
import type { KvStore } from "../kv/kv-store.ts";
import type { Model } from "../model.ts";
import { Secret, type Text } from "../secret.ts";
import type { StoredKeys } from "../state/read-keys.ts";
import { readRevision } from "../state/revisions.ts";

export type Texts = Readonly<Record<string, Text>>;

const NOTHING_DEPLOYED: Model = {
  deployment: "",
  network: "",
  networks: {},
  services: {},
  tasks: {},
  volumes: {},
  config: {},
  generatedConfig: {},
  generated: {},
  endpoints: {},
  routes: {},
  storeAlias: undefined,
};

/**
 * Makes Secrets of the values in which a secret of the deployment is, whatever their names say: a password
 * inside a URL, a generated key.
 */
export async function openHiding(
  store: KvStore,
  { deployment, known }: { readonly deployment: string; readonly known: StoredKeys },
  signal: AbortSignal,
): Promise<(texts: Texts) => Texts> {
  const number = known.revision;
  const last =
    number === undefined
      ? undefined
      : await readRevision(store, { deployment, number }, signal).catch(() => undefined);
  const model = last?.model ?? NOTHING_DEPLOYED;
  const secrets = Object.values(known.config).filter((value) => value instanceof Secret);
  return (texts) => hideCopies({ ...model, config: texts }, secrets).config;
}

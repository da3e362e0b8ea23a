import { AxonError } from "../errors.ts";
import type { KvStore, Revision } from "../kv/kv-store.ts";
import { own } from "../own.ts";
import { Secret } from "../secret.ts";
import { readKeys, type StoredKeys } from "../state/read-keys.ts";
import { readRevision } from "../state/revisions.ts";
import type { Context } from "./context.ts";
import { openHiding, type Texts, tellDoubt } from "./hide-keys.ts";

/** A deployment's configuration, now or at a revision. */
export interface Configuration {
  /** A Secret is not for showing. */
  readonly config: Texts;
  /** Those that the Servicefile names today. */
  readonly owned: readonly string[];
  /** The store's stamp of each key; empty of an earlier revision. */
  readonly stamps: Readonly<Record<string, Revision>>;
  readonly revision: number | undefined;
}

interface Wanted {
  readonly deployment: string;
  /** undefined: as it is now. */
  readonly revision: number | undefined;
}

export async function readConfiguration(
  store: KvStore,
  { deployment, revision }: Wanted,
  context: Context,
): Promise<Configuration> {
  const signal = context.stop;
  const known = await readKeys(store, deployment, signal);
  const hiding = await openHiding(store, { deployment, known }, signal);
  tellDoubt(hiding, context);
  const { hide } = hiding;
  if (revision === undefined) return { ...known, config: hide(known.config) };
  const { config } = await readRevision(store, { deployment, number: revision }, signal);
  if (config === undefined) throw notKept(deployment, revision);
  return { config: hide(asKnown(config, known)), owned: known.owned, stamps: {}, revision };
}

/** What has become sensitive since, is. */
export function asKnown(config: Texts, known: StoredKeys): Texts {
  const entries = Object.entries(config).map(([key, text]) => {
    const isSecret = own(known.config, key) instanceof Secret || known.marked.includes(key);
    return [key, typeof text === "string" && isSecret ? new Secret(text) : text] as const;
  });
  return Object.fromEntries(entries);
}

function notKept(deployment: string, revision: number): AxonError {
  const problem = `revision ${revision} of ${deployment} does not know the keys: an earlier Axon wrote it`;
  return new AxonError("REVISION_UNREADABLE", problem);
}

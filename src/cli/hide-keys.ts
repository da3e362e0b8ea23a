import { hideCopies } from "../build-model/hide-copies.ts";
import { AxonError } from "../errors.ts";
import type { KvStore } from "../kv/kv-store.ts";
import type { Model } from "../model.ts";
import { reveal, Secret, type Text } from "../secret.ts";
import type { StoredKeys } from "../state/read-keys.ts";
import { deployOutcome } from "../state/revision-record.ts";
import { isNoRevision, readRevision } from "../state/revisions.ts";
import { currentRevisionKey } from "../store-layout.ts";
import type { Context } from "./context.ts";

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

export interface Hiding {
  /**
   * Makes Secrets of the values in which a secret of the deployment is, whatever their names say: a password
   * inside a URL, a generated key.
   */
  readonly hide: (texts: Texts) => Texts;
  /** Why nobody knows the secrets, so that every value is hidden. */
  readonly doubt: string | undefined;
}

export async function openHiding(
  store: KvStore,
  { deployment, known }: { readonly deployment: string; readonly known: StoredKeys },
  signal: AbortSignal,
): Promise<Hiding> {
  const last = await lastModel(store, { deployment, number: known.revision }, signal);
  if (last instanceof AxonError) return { hide: hideAll, doubt: last.message };
  const secrets = Object.values(known.config).filter((value) => value instanceof Secret);
  return {
    hide: (texts) => hideCopies({ ...last, config: texts }, secrets).config,
    doubt: undefined,
  };
}

export function tellDoubt({ doubt }: Hiding, { stderr }: Context): void {
  if (doubt === undefined) return;
  stderr.write(`note: ${doubt}; which values hold a secret is not known, so none is shown\n`);
}

async function lastModel(
  store: KvStore,
  { deployment, number }: { readonly deployment: string; readonly number: number | undefined },
  signal: AbortSignal,
): Promise<Model | AxonError> {
  if (number === undefined) {
    const current = await store.get(currentRevisionKey(deployment), signal);
    if (current === undefined) return NOTHING_DEPLOYED;
    return unreadable("the number of the last revision cannot be read");
  }
  try {
    const { record, model } = await readRevision(store, { deployment, number }, signal);
    if (model !== undefined) return model;
    if (deployOutcome(record) === undefined) return NOTHING_DEPLOYED;
    return unreadable(`revision ${number} has no model of what was deployed`);
  } catch (problem) {
    if (isNoRevision(problem)) return problem;
    throw problem;
  }
}

function unreadable(problem: string): AxonError {
  return new AxonError("REVISION_UNREADABLE", problem);
}

function hideAll(texts: Texts): Texts {
  const entries = Object.entries(texts);
  return Object.fromEntries(entries.map(([key, text]) => [key, new Secret(reveal(text))]));
}

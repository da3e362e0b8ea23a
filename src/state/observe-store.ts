import { decodeAdopted } from "../adopted.ts";
import type { KvEntry, KvStore } from "../kv/kv-store.ts";
import type { JournalEntry, LiveStore, TaskRecord } from "../live.ts";
import { Secret, type Text, textFor } from "../secret.ts";
import {
  adoptedKey,
  configRoot,
  currentRevisionKey,
  decodeOwnedConfig,
  deploymentRoot,
  endpointRoot,
  journalKey,
  lockKey,
  ownedConfigKey,
  routeRoot,
  taskRoot,
} from "../store-layout.ts";
import { decodeCurrentRevision } from "./current-revision.ts";
import { readJournal } from "./journal.ts";
import type { Decoded } from "./json-record.ts";
import { readLock } from "./lock.ts";
import { decodeTaskRecord } from "./task-record.ts";

export interface StoreView {
  readonly deployment: string;
  /** Name of the route that a router's key belongs to; undefined: of none that Axon makes. */
  routeNameOf(key: string): string | undefined;
  ownsRoute(deployment: string, name: string): boolean;
}

/** One look at what the store holds of a deployment. Reads only, and never fails for what it finds there. */
export async function observeStore(
  store: KvStore,
  view: StoreView,
  signal?: AbortSignal,
): Promise<LiveStore> {
  const { deployment } = view;
  const below = (root: string) => relativeList(store, root, signal);
  const textAt = async (key: string) => (await store.get(key, signal))?.value;
  // Not one list of all: the models of revisions are much larger than the rest.
  const [keys, config, endpoints, records, owned, adopted, journal, lock, revision, routing] =
    await Promise.all([
      store.listKeys(deploymentRoot(deployment), signal),
      below(configRoot(deployment)),
      below(endpointRoot(deployment)),
      below(taskRoot(deployment)),
      textAt(ownedConfigKey(deployment)),
      textAt(adoptedKey(deployment)),
      readJournal(store, deployment, signal),
      readLock(store, deployment, signal),
      textAt(currentRevisionKey(deployment)),
      store.list(`${routeRoot}http/`, signal),
    ]);
  const { tasks, notices } = readTasks(records);
  return {
    present: true,
    keys: keys.filter((key) => !isTransient(key, deployment)).length,
    config: mapValues(config, textFor),
    ownedConfig: owned === undefined ? [] : decodeOwnedConfig(owned),
    adopted: decodeAdopted(adopted),
    endpoints: mapValues(endpoints, (_, value) => value),
    routes: groupRoutes(routing, view),
    tasks,
    journal: journal?.kind === "record" ? journal.record : undefined,
    lockHolder: lock?.holder,
    revision: decodeCurrentRevision(revision),
    notices: [...notices, ...journalNotices(journal)],
  };
}

/** What is known of a store that is not there yet. */
export function absentStore(): LiveStore {
  return {
    present: false,
    keys: 0,
    config: {},
    ownedConfig: [],
    adopted: {},
    endpoints: {},
    routes: {},
    tasks: {},
    journal: undefined,
    lockHolder: undefined,
    revision: undefined,
    notices: [],
  };
}

type Relative = readonly (readonly [key: string, value: string])[];

async function relativeList(
  store: KvStore,
  root: string,
  signal: AbortSignal | undefined,
): Promise<Relative> {
  const entries = await store.list(root, signal);
  return entries
    .filter(({ key }) => key !== root)
    .map(({ key, value }) => [key.slice(root.length), value] as const);
}

function mapValues<T>(entries: Relative, map: (key: string, value: string) => T) {
  return Object.fromEntries(entries.map(([key, value]) => [key, map(key, value)] as const));
}

function readTasks(entries: Relative): Pick<LiveStore, "tasks" | "notices"> {
  const tasks: Record<string, TaskRecord> = {};
  const notices: string[] = [];
  for (const [id, value] of entries) {
    const decoded = decodeTaskRecord(value);
    const problem =
      decoded.kind === "unusable" ? decoded.reason : strangerProblem(id, decoded.record);
    if (problem !== undefined) notices.push(`the record of task ${id} is not used: ${problem}`);
    else if (decoded.kind === "record") tasks[id] = decoded.record;
  }
  return { tasks, notices };
}

function journalNotices(journal: Decoded<JournalEntry> | undefined): readonly string[] {
  if (journal?.kind !== "unusable") return [];
  return [`the journal of the last run is not used: ${journal.reason}`];
}

function strangerProblem(id: string, record: TaskRecord): string | undefined {
  return record.id === id ? undefined : `it is about task ${record.id}`;
}

function groupRoutes(entries: readonly KvEntry[], view: StoreView): LiveStore["routes"] {
  const routes: Record<string, Record<string, Text>> = {};
  for (const { key, value } of entries) {
    const name = view.routeNameOf(key);
    if (name === undefined || !view.ownsRoute(view.deployment, name)) continue;
    routes[name] ??= {};
    routes[name][key] = routeText(key, value);
  }
  return routes;
}

const CREDENTIALS = /\/(digestauth|basicauth)\/users(\/|$)/i;

function routeText(key: string, value: string): Text {
  return CREDENTIALS.test(key) ? new Secret(value) : value;
}

/** Of a run that is under way, and gone with it. */
function isTransient(key: string, deployment: string): boolean {
  return key === lockKey(deployment) || key === journalKey(deployment);
}

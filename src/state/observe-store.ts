import { decodeAdopted } from "../adopted.ts";
import { catalogueOf } from "../catalogue/key-catalogue.ts";
import type { KvEntry, KvStore } from "../kv/kv-store.ts";
import type { JournalEntry, LiveRegistration, LiveStore, TaskRecord } from "../live.ts";
import { pendingAt } from "../routing/pending-key.ts";
import { Secret, type Text, textFor } from "../secret.ts";
import {
  adoptedKey,
  configRoot,
  currentRevisionKey,
  decodeOwnedConfig,
  decodeSensitiveKeys,
  digestKeyKey,
  endpointRoot,
  generatedRoot,
  journalKey,
  lockKey,
  ownedConfigKey,
  resourceRoot,
  routeRoot,
  sensitiveKeysKey,
  stateRoot,
  taskRoot,
  tokenNumberKey,
} from "../store-layout.ts";
import { decodeCurrentRevision } from "./current-revision.ts";
import { decodeJournalEntry } from "./journal.ts";
import type { Decoded } from "./json-record.ts";
import { stateOf } from "./lock.ts";
import { decodePending } from "./pending-route.ts";
import { decodeTaskRecord } from "./task-record.ts";

export interface StoreView {
  readonly deployment: string;
  /** Name of the route that a router's key belongs to; undefined: of none that Axon makes. */
  routeNameOf(key: string): string | undefined;
  ownsRoute(deployment: string, name: string): boolean;
  /** Whether what stands at a router's key must not be shown. */
  isSecretKey(key: string): boolean;
  /** Why the router would take none of these, if it would not. */
  faultsIn(entries: Readonly<Record<string, string>>): readonly string[];
}

/** One look at what the store holds of a deployment. Reads only, and never fails for what it finds there. */
export async function observeStore(
  store: KvStore,
  view: StoreView,
  signal?: AbortSignal,
): Promise<LiveStore> {
  const { deployment } = view;
  const list = (prefix: string) => store.list(prefix, signal);
  // Not one list of all: the models of revisions are much larger than the rest.
  const [config, endpoints, { registrations, failing }, state, routing] = await Promise.all([
    list(configRoot(deployment)),
    list(endpointRoot(deployment)),
    readCatalogue(store, deployment, signal),
    list(stateRoot(deployment)),
    list(routeRoot),
  ]);
  const instanceKeys = store.catalogue === undefined ? (registrations ?? []).length : 0;
  const at = new Map(state.map((entry) => [entry.key, entry]));
  const textAt = (key: string) => at.get(key)?.value;
  const { tasks, notices } = readTasks(below(state, taskRoot(deployment)));
  const journalText = textAt(journalKey(deployment));
  const journal = journalText === undefined ? undefined : decodeJournalEntry(journalText);
  const lasting = state.filter(({ key }) => !isTransient(key, deployment));
  const { notices: pendingNotices, ...waiting } = readPending(routing, view);
  const digestKey = textAt(digestKeyKey(deployment));
  const owned = decodeOwnedConfig(textAt(ownedConfigKey(deployment)) ?? "");
  const sensitiveKeys = decodeSensitiveKeys(textAt(sensitiveKeysKey(deployment)));
  const secret = new Set([
    ...owned.flatMap(({ key, isSecret }) => (isSecret ? [key] : [])),
    ...sensitiveKeys,
  ]);
  return {
    present: true,
    keys: config.length + endpoints.length + instanceKeys + lasting.length,
    config: mapValues(below(config, configRoot(deployment)), (key, value) =>
      secret.has(key) ? new Secret(value) : textFor(key, value),
    ),
    ownedConfig: owned.map(({ key }) => key),
    sensitiveKeys,
    generated: mapValues(below(state, generatedRoot(deployment)), (_, value) => new Secret(value)),
    resources: mapValues(below(state, resourceRoot(deployment)), (_, value) => value),
    adopted: decodeAdopted(textAt(adoptedKey(deployment))),
    endpoints: mapValues(below(endpoints, endpointRoot(deployment)), (_, value) => value),
    registrations:
      registrations && Object.fromEntries(registrations.map((one) => [one.id, one] as const)),
    failing,
    ...readRouting(routing, view),
    ...waiting,
    tasks,
    journal: journal?.kind === "record" ? journal.record : undefined,
    lockHolder: stateOf(at.get(lockKey(deployment)))?.holder,
    tokenNumber: textAt(tokenNumberKey(deployment)),
    revision: decodeCurrentRevision(textAt(currentRevisionKey(deployment))),
    digestKey: digestKey === undefined ? undefined : new Secret(digestKey),
    notices: [
      ...notices,
      ...journalNotices(journal),
      ...pendingNotices,
      ...(registrations === undefined ? [NOT_REGISTERED] : []),
    ],
  };
}

const NOT_REGISTERED =
  "the store's token may not register services: nobody finds them in Consul's catalogue";

async function readCatalogue(
  store: KvStore,
  deployment: string,
  signal: AbortSignal | undefined,
): Promise<{
  readonly registrations: readonly LiveRegistration[] | undefined;
  readonly failing: readonly string[];
}> {
  const catalogue = catalogueOf(store);
  const [may = true, found, failing = []] = await Promise.all([
    catalogue.mayRegister?.(deployment, signal),
    catalogue.list(deployment, signal),
    catalogue.failing?.(deployment, signal),
  ]);
  return { registrations: may ? found : undefined, failing };
}

/** What is known of a store that is not there yet. */
export function absentStore(): LiveStore {
  return {
    present: false,
    keys: 0,
    config: {},
    ownedConfig: [],
    sensitiveKeys: [],
    adopted: {},
    generated: {},
    resources: {},
    endpoints: {},
    registrations: {},
    failing: [],
    routes: {},
    otherRoutes: [],
    pending: {},
    otherPending: [],
    awaited: [],
    routerFaults: [],
    tasks: {},
    journal: undefined,
    lockHolder: undefined,
    tokenNumber: undefined,
    revision: undefined,
    digestKey: undefined,
    notices: [],
  };
}

type Relative = readonly (readonly [key: string, value: string])[];

function below(entries: readonly KvEntry[], root: string): Relative {
  return entries
    .filter(({ key }) => key.startsWith(root) && key !== root)
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

function readRouting(entries: readonly KvEntry[], view: StoreView) {
  const routes: Record<string, Record<string, Text>> = {};
  const others = new Set<string>();
  for (const { key, value } of entries) {
    const name = view.routeNameOf(key);
    if (name === undefined) continue;
    if (!view.ownsRoute(view.deployment, name)) {
      others.add(name);
      continue;
    }
    routes[name] ??= {};
    routes[name][key] = view.isSecretKey(key) ? new Secret(value) : value;
  }
  const texts = Object.fromEntries(entries.map(({ key, value }) => [key, value]));
  return { routes, otherRoutes: [...others].sort(), routerFaults: view.faultsIn(texts) };
}

function readPending(entries: readonly KvEntry[], view: StoreView) {
  const found = entries.flatMap(({ key, value }) => {
    const place = pendingAt(key);
    return place === undefined ? [] : [{ key, value, ...place }];
  });
  const isOwn = ({ name }: { readonly name: string }) => view.ownsRoute(view.deployment, name);
  const ours = found
    .filter(({ deployment }) => deployment === view.deployment)
    .map((entry) => ({ ...entry, ...decodePending(entry.value, entry) }));
  return {
    pending: Object.fromEntries(
      found.filter(isOwn).map(({ key, value }) => [key, new Secret(value)]),
    ),
    otherPending: found.filter((entry) => !isOwn(entry)).map(({ name }) => name),
    awaited: ours.flatMap((entry) => (entry.kind === "record" ? [entry.record] : [])),
    notices: ours.flatMap((entry) =>
      entry.kind === "unusable"
        ? [`${entry.key}, a domain that waits, is not used: ${entry.reason}`]
        : [],
    ),
  };
}

/** Of a run that is under way, and gone with it. */
function isTransient(key: string, deployment: string): boolean {
  return key === lockKey(deployment) || key === journalKey(deployment);
}

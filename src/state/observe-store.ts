import type { KvEntry, KvStore } from "../kv/kv-store.ts";
import type { LiveStore, TaskRecord } from "../live.ts";
import { Secret, type Text, textFor } from "../secret.ts";
import {
  configRoot,
  decodeOwnedConfig,
  deploymentRoot,
  endpointRoot,
  ownedConfigKey,
  routeRoot,
  taskRoot,
} from "../store-layout.ts";
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
  const [own, routing] = await Promise.all([
    store.list(deploymentRoot(deployment), signal),
    store.list(`${routeRoot}http/`, signal),
  ]);
  const { tasks, notices } = readTasks(below(own, taskRoot(deployment)));
  return {
    present: true,
    keys: own.length,
    config: mapValues(below(own, configRoot(deployment)), textFor),
    ownedConfig: ownedConfig(own, deployment),
    endpoints: mapValues(below(own, endpointRoot(deployment)), (_, value) => value),
    routes: groupRoutes(routing, view),
    tasks,
    notices,
  };
}

/** What is known of a store that is not there yet. */
export function absentStore(): LiveStore {
  return {
    present: false,
    keys: 0,
    config: {},
    ownedConfig: [],
    endpoints: {},
    routes: {},
    tasks: {},
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

function ownedConfig(entries: readonly KvEntry[], deployment: string): readonly string[] {
  const entry = entries.find(({ key }) => key === ownedConfigKey(deployment));
  return entry ? decodeOwnedConfig(entry.value) : [];
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

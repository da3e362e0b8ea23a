import { ownAddress, registrationsFor } from "../../src/discovery/registrations-for.ts";
import type {
  ForeignPort,
  Live,
  LiveContainer,
  LiveForeign,
  LiveRegistration,
  LiveStore,
  TaskRecord,
} from "../../src/live.ts";
import type { Model, RestartPolicy } from "../../src/model.ts";
import { addressIn } from "../../src/plan/route-moves.ts";
import { taskInputs } from "../../src/plan/task-inputs.ts";
import { traefikEntries } from "../../src/routing/traefik/traefik-entries.ts";
import { type Text, textFor } from "../../src/secret.ts";
import { live, liveContainer, liveNetwork, liveVolume } from "../helpers/build.ts";

/** What a case tells of what is there: a deployment that is complete, and how it differs from that. */
export interface LiveNotes {
  /** Which file of the case was deployed; by default `Servicefile` itself. */
  readonly deployed?: "Servicefile" | "Servicefile.before" | "nothing";
  /** How images were, at that time. */
  readonly images?: Readonly<Record<string, object>>;
  /** By service; null: removed by hand. */
  readonly containers?: Readonly<Record<string, ContainerNotes | null>>;
  /** Containers of the deployment besides those, by name; each like that of a service. */
  readonly leftovers?: Readonly<Record<string, ContainerNotes & { readonly like: string }>>;
  /** By name; null: removed by hand, true: there besides. */
  readonly networks?: Readonly<Record<string, true | null>>;
  readonly volumes?: Readonly<Record<string, true | null>>;
  /** By key; null: removed by hand. */
  readonly config?: Readonly<Record<string, string | null>>;
  readonly endpoints?: Readonly<Record<string, string | null>>;
  /** By service:port:instance; null: deregistered by hand. */
  readonly catalogue?: Readonly<Record<string, Partial<LiveRegistration> | null>>;
  /** By service:port:instance: what the catalogue finds critical by itself. */
  readonly failing?: readonly string[];
  /** By route, by key; null: removed by hand. */
  readonly routes?: Readonly<Record<string, Readonly<Record<string, string | null>> | null>>;
  /** By task; null: no record. */
  readonly tasks?: Readonly<Record<string, Partial<TaskRecord> | null>>;
  readonly foreign?: Partial<Omit<LiveForeign, "publishedPorts">> & {
    readonly publishedPorts?: readonly Partial<ForeignPort>[];
  };
  /** Networks that the managed store is in, with its aliases there. */
  readonly "managed-store"?: Readonly<Record<string, readonly string[]>>;
}

export interface ContainerNotes {
  readonly name?: string;
  readonly status?: LiveContainer["status"];
  readonly health?: LiveContainer["health"];
  readonly exitCode?: number;
  readonly restart?: RestartPolicy["name"];
  /** Besides those that it was given: by name, with aliases. null: none at all. */
  readonly networks?: Readonly<Record<string, readonly string[]>> | null;
  readonly kind?: LiveContainer["identity"]["kind"];
  /** Name in the labels, where it is not that of the service that it is like. */
  readonly service?: string;
}

export const NOTHING_DEPLOYED: Live = live();

/** All of the model is there, as a deploy leaves it. */
export function deployed(model: Model, digest: (text: string) => string): Live {
  const containers = Object.values(model.services).map(({ name, container, containerNames }) =>
    liveContainer({
      id: `${name}-id`,
      name: containerNames[0] ?? name,
      identity: { deployment: model.deployment, service: name, instance: 1, kind: "service" },
      spec: container,
    }),
  );
  const store: Partial<LiveStore> = {
    keys: 12,
    config: model.config,
    ownedConfig: Object.keys(model.config),
    endpoints: model.endpoints,
    registrations: registered(model),
    routes: mapRoutes(model),
    tasks: Object.fromEntries(
      Object.values(model.tasks).map((task) => [
        task.id,
        recordOf(task.id, taskInputs(task, digest)),
      ]),
    ),
  };
  return live({
    engine: {
      containers,
      networks: Object.values(model.networks).map((spec) => liveNetwork(spec.name, { spec })),
      volumes: Object.values(model.volumes).map((spec) => liveVolume(spec.name, { spec })),
    },
    store,
  });
}

function mapRoutes({ routes }: Model): LiveStore["routes"] {
  return Object.fromEntries(
    Object.values(routes).map((route) => {
      const servers = route.servers.map((server) => {
        if ("host" in server) return `${server.host}:${server.port}`;
        return `${addressIn(`${server.service}-id`)}:${server.port}`;
      });
      return [route.name, traefikEntries(route, servers)];
    }),
  );
}

function recordOf(id: string, inputs: TaskRecord["inputs"]): TaskRecord {
  const finishedAt = "2026-01-01T00:00:00.000Z";
  return { version: 1, id, exitCode: 0, ended: "exited", finishedAt, inputs };
}

export function patched({ engine, store }: Live, notes: LiveNotes): Live {
  const managed = notes["managed-store"];
  return {
    engine: {
      containers: containersWith(engine.containers, notes),
      networks: patchedList(engine.networks, notes.networks, (name) => liveNetwork(name)),
      volumes: patchedList(engine.volumes, notes.volumes, (name) => liveVolume(name)),
      foreign: foreignOf(notes.foreign ?? {}),
    },
    store: {
      ...store,
      config: merged<Text>(store.config, notes.config, textFor),
      endpoints: merged(store.endpoints, notes.endpoints),
      registrations: catalogue(store.registrations, notes.catalogue),
      failing: (notes.failing ?? []).map((place) => `axon:shop:${place}`),
      routes: routesWith(store.routes, notes.routes),
      tasks: tasksWith(store.tasks, notes.tasks),
    },
    managedStore: managed && storeIn(managed),
  };
}

function containersWith(
  containers: readonly LiveContainer[],
  { containers: notes = {}, leftovers = {} }: LiveNotes,
): LiveContainer[] {
  const byService = new Map(containers.map((item) => [item.identity.service, item]));
  const isKept = ({ identity }: LiveContainer) => notes[identity.service] !== null;
  const unknown = [...Object.keys(notes), ...Object.values(leftovers).map(({ like }) => like)];
  for (const name of unknown) if (!byService.has(name)) throw new Error(`${name} is not deployed`);
  return [
    ...containers.filter(isKept).map((item) => noted(item, notes[item.identity.service] ?? {})),
    ...Object.entries(leftovers).map(([name, { like, ...rest }]) => {
      const model = byService.get(like) ?? liveContainer();
      return noted({ ...model, id: `${name}-id`, name }, rest);
    }),
  ];
}

function noted(container: LiveContainer, notes: ContainerNotes): LiveContainer {
  const { restart, networks, kind, service, ...rest } = notes;
  const { identity, spec } = container;
  return {
    ...container,
    ...rest,
    identity: {
      ...identity,
      ...(kind && { kind, instance: 0 }),
      ...(service && { service }),
    },
    spec: {
      ...spec,
      ...(restart && { restart: { name: restart, maximumRetries: 0 } }),
      networks: [
        ...(networks === null ? [] : spec.networks),
        ...Object.entries(networks ?? {}).map(([name, aliases]) => ({ name, aliases })),
      ],
    },
  };
}

/** What stays is as it is; what is there besides is bare. */
function patchedList<T extends { readonly name: string }>(
  there: readonly T[],
  notes: Readonly<Record<string, true | null>> = {},
  make: (name: string) => T,
): T[] {
  const added = Object.keys(notes).filter((name) => notes[name] !== null);
  const kept = there.filter(({ name }) => notes[name] === undefined);
  return [...kept, ...added.map(make)];
}

function merged<T = string>(
  there: Readonly<Record<string, T>>,
  notes: Readonly<Record<string, string | null>> = {},
  textOf = (_key: string, value: string) => value as T,
): Record<string, T> {
  const kept = Object.entries(there).filter(([key]) => !(key in notes));
  const added = Object.entries(notes).flatMap(([key, value]) =>
    value === null ? [] : [[key, textOf(key, value)] as const],
  );
  return Object.fromEntries([...kept, ...added]);
}

function routesWith(there: LiveStore["routes"], notes: LiveNotes["routes"] = {}) {
  const names = [...new Set([...Object.keys(there), ...Object.keys(notes)])];
  return Object.fromEntries(
    names.flatMap((name) => {
      const note = notes[name];
      return note === null ? [] : [[name, merged<Text>(there[name] ?? {}, note)]];
    }),
  );
}

function tasksWith(there: LiveStore["tasks"], notes: LiveNotes["tasks"] = {}): LiveStore["tasks"] {
  const kept = Object.entries(there).filter(([id]) => notes[id] !== null);
  return Object.fromEntries(kept.map(([id, record]) => [id, { ...record, ...notes[id] }]));
}

function foreignOf({ publishedPorts = [], ...names }: NonNullable<LiveNotes["foreign"]>) {
  return {
    containerNames: {},
    networkNames: {},
    volumeNames: {},
    adoptable: [],
    ...names,
    publishedPorts: publishedPorts.map(
      (port): ForeignPort => ({
        protocol: "tcp",
        hostAddress: "",
        hostPort: 0,
        holder: "",
        ...port,
      }),
    ),
  };
}

function storeIn(networks: Readonly<Record<string, readonly string[]>>): LiveContainer {
  const container = liveContainer({
    id: "store-id",
    name: "axon-system-consul",
    identity: { deployment: "system", service: "consul", instance: 1, kind: "system" },
  });
  const attached = Object.entries(networks).map(([name, aliases]) => ({ name, aliases }));
  return { ...container, spec: { ...container.spec, networks: attached } };
}

function registered(model: Model): LiveStore["registrations"] {
  const all = [...registrationsFor(model).values()].flat();
  return Object.fromEntries(
    all.map((one) => [
      one.id,
      { ...one, address: one.address ?? ownAddress(`${one.service}-id`), health: "passing" },
    ]),
  );
}

const BY_HAND = {
  name: "by-hand",
  address: "10.0.0.9",
  number: 80,
  protocol: "tcp",
  path: undefined,
  check: undefined,
  health: "passing",
} as const;

function catalogue(
  live: LiveStore["registrations"],
  notes: LiveNotes["catalogue"] = {},
): LiveStore["registrations"] {
  const all = new Map(Object.entries(live ?? {}));
  for (const [place, changed] of Object.entries(notes)) {
    const [service = "", port = "", instance = port] = place.split(":");
    const id = `axon:shop:${place}`;
    const before = all.get(id) ?? { ...BY_HAND, id, service, port, instance: Number(instance) };
    if (changed === null) all.delete(id);
    else all.set(id, { ...before, ...changed });
  }
  return Object.fromEntries(all);
}

import { createHash } from "node:crypto";
import { BARE_CONTAINER } from "../../src/fields/bare-container.ts";
import { bareNetwork } from "../../src/fields/network-table.ts";
import { bareVolume } from "../../src/fields/volume-table.ts";
import type {
  ImageDefaults,
  ImageFacts,
  Live,
  LiveContainer,
  LiveEngine,
  LiveNetwork,
  LiveStore,
  LiveVolume,
} from "../../src/live.ts";
import type {
  ContainerSpec,
  Healthcheck,
  ImageIdentity,
  Model,
  NetworkSpec,
  PublishedPort,
  RouteSpec,
  ServiceSpec,
  TaskSpec,
  VolumeSpec,
} from "../../src/model.ts";

/** Builders give a complete, boring value; a test writes down only what it is about. */
export const DEPLOYMENT = "shop";

/** A health check that one bad answer fails. */
export const CHECK: Healthcheck = {
  test: ["CMD", "check"],
  interval: 1000,
  timeout: 1000,
  startPeriod: 0,
  retries: 1,
};

/** What a container has that publishes its port 80. */
export function on(hostPort: number): { readonly publish: readonly PublishedPort[] } {
  return { publish: [{ port: 80, protocol: "tcp", hostAddress: "", hostPort }] };
}

/** The same reference has the same id, unless `content` says that the tag moved. */
export function imageIdentity(reference: string, content = reference): ImageIdentity {
  return { reference, id: `sha256:${createHash("sha256").update(content).digest("hex")}` };
}

export interface ImageOverrides {
  readonly id?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly defaults?: Partial<ImageDefaults>;
}

export function imageFacts(reference: string, overrides: ImageOverrides = {}): ImageFacts {
  const { defaults, ...facts } = overrides;
  return {
    ...imageIdentity(reference),
    labels: {},
    ...facts,
    defaults: { ...NO_DEFAULTS, ...defaults },
  };
}

export const NO_DEFAULTS: ImageDefaults = {
  entrypoint: undefined,
  command: undefined,
  env: {},
  user: undefined,
  exposedPorts: [],
  hasHealthcheck: false,
  volumes: [],
};

export function containerSpec(overrides: Partial<ContainerSpec> = {}): ContainerSpec {
  return {
    ...BARE_CONTAINER,
    image: imageIdentity("website:1"),
    restart: { name: "unless-stopped", maximumRetries: 0 },
    networks: [{ name: DEPLOYMENT, aliases: [] }],
    ...overrides,
  };
}

export type ServiceOverrides = Partial<Omit<ServiceSpec, "container">> & {
  readonly container?: Partial<ContainerSpec>;
};

export function service(name: string, overrides: ServiceOverrides = {}): ServiceSpec {
  const { container, ...rest } = overrides;
  return {
    name,
    step: 4,
    kind: "service",
    containerNames: [`${DEPLOYMENT}-${name}-1`],
    ports: {},
    requires: [],
    resources: [],
    update: { order: "auto", timeoutSeconds: undefined, onFailure: "rollback" },
    replacement: { order: "stop-first", because: "it has no health check" },
    injected: [],
    ...rest,
    container: containerSpec({
      image: imageIdentity(`${name}:1`),
      networks: [{ name: DEPLOYMENT, aliases: [name] }],
      ...container,
    }),
  };
}

export type TaskOverrides = Partial<Omit<TaskSpec, "container">> & {
  readonly container?: Partial<ContainerSpec>;
};

/** `website.migrate` is a bootstrap of website. */
export function task(id: string, overrides: TaskOverrides = {}): TaskSpec {
  const { container, ...rest } = overrides;
  const [owner = id] = id.split(".");
  return {
    id,
    kind: "bootstrap",
    service: owner,
    step: 3,
    containerName: `${DEPLOYMENT}-${id.replace(".", "-")}`,
    inputs: { image: imageIdentity(`${owner}:1`).id },
    timeout: 600,
    acceptedExitCodes: [0],
    run: "on-change",
    requires: [],
    resources: [],
    ...rest,
    container: containerSpec({
      image: imageIdentity(`${owner}:1`),
      restart: { name: "no", maximumRetries: 0 },
      ...container,
    }),
  };
}

export type ModelOverrides = Partial<Omit<Model, "services" | "tasks">> & {
  readonly services?: readonly ServiceSpec[];
  readonly tasks?: readonly TaskSpec[];
};

/** Its volumes are those that the containers mount, unless told otherwise. */
export function model(overrides: ModelOverrides = {}): Model {
  const { services = [], tasks = [], ...rest } = overrides;
  return {
    deployment: DEPLOYMENT,
    network: DEPLOYMENT,
    networks: networksOf([...services, ...tasks]),
    volumes: volumesOf([...services, ...tasks]),
    config: {},
    generated: {},
    generatedConfig: {},
    endpoints: {},
    routes: {},
    storeAlias: undefined,
    ...rest,
    services: Object.fromEntries(services.map((item) => [item.name, item])),
    tasks: Object.fromEntries(tasks.map((item) => [item.id, item])),
  };
}

/** Leads to the only instance of `web`. */
export function route(name: string, overrides: Partial<RouteSpec> = {}): RouteSpec {
  return {
    name,
    kind: "http",
    domain: "example.org",
    path: undefined,
    target: `${DEPLOYMENT}:web:http`,
    servers: [{ service: "web", instance: 1, port: 80 }],
    auth: undefined,
    rewrite: undefined,
    tls: undefined,
    redirect: undefined,
    ...overrides,
  };
}

/** What a service comes to when it was deployed and nothing happened since. */
export function running(
  { name, kind, container, containerNames }: ServiceSpec,
  overrides: Partial<LiveContainer> = {},
): LiveContainer {
  return liveContainer({
    id: `${name}-id`,
    name: containerNames[0] ?? name,
    identity: { deployment: DEPLOYMENT, service: name, instance: 1, kind },
    spec: container,
    ...overrides,
  });
}

export function liveContainer(overrides: Partial<LiveContainer> = {}): LiveContainer {
  return {
    id: "website-id",
    name: `${DEPLOYMENT}-website-1`,
    identity: { deployment: DEPLOYMENT, service: "website", instance: 1, kind: "service" },
    status: "running",
    health: "none",
    exitCode: undefined,
    bound: [],
    spec: containerSpec(),
    ...overrides,
  };
}

export interface LiveOverrides {
  readonly engine?: Partial<LiveEngine>;
  readonly store?: Partial<LiveStore>;
  readonly managedStore?: LiveContainer;
}

/** Nothing was ever deployed; the store is there and empty. */
export function live({ engine, store, managedStore }: LiveOverrides = {}): Live {
  return {
    engine: {
      containers: [],
      networks: [],
      volumes: [],
      foreign: {
        containerNames: {},
        networkNames: {},
        volumeNames: {},
        publishedPorts: [],
        adoptable: [],
      },
      ...engine,
    },
    store: {
      present: true,
      config: {},
      ownedConfig: [],
      sensitiveKeys: [],
      adopted: {},
      generated: {},
      resources: {},
      digestKey: undefined,
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
      revision: undefined,
      notices: [],
      keys: 0,
      ...store,
    },
    managedStore,
  };
}

function volumesOf(owners: readonly (ServiceSpec | TaskSpec)[]): Record<string, VolumeSpec> {
  return Object.fromEntries(
    owners.flatMap((owner) =>
      owner.container.mounts
        .filter(({ kind }) => kind === "volume")
        .map(({ source }) => [source, bareVolume(source)]),
    ),
  );
}

function networksOf(owners: readonly (ServiceSpec | TaskSpec)[]): Record<string, NetworkSpec> {
  const attached = owners.flatMap(({ container }) => container.networks.map(({ name }) => name));
  const names = [...new Set([DEPLOYMENT, ...attached])].sort();
  return Object.fromEntries(names.map((name) => [name, bareNetwork(name)]));
}

/** Of the deployment, with nobody else on it. */
export function liveNetwork(name: string, overrides: Partial<LiveNetwork> = {}): LiveNetwork {
  return { id: `${name}-id`, name, spec: bareNetwork(name), guests: [], ...overrides };
}

export function liveVolume(name: string, overrides: Partial<LiveVolume> = {}): LiveVolume {
  return { name, spec: bareVolume(name), ...overrides };
}

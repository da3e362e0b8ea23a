import type {
  ContainerSpec,
  Healthcheck,
  NetworkSpec,
  PendingRoute,
  PublishedPort,
  Registration,
  VolumeSpec,
} from "./model.ts";
import type { Secret, Text } from "./secret.ts";

/** What is there, in the Model's words: one look at the engine and one at the store. */
export interface Live {
  readonly engine: LiveEngine;
  readonly store: LiveStore;
  /** The container of the managed store, where there is one. */
  readonly managedStore: LiveContainer | undefined;
  /** The container of the router that Axon runs, where it does and the deployment has routes. */
  readonly managedRouter?: LiveContainer | undefined;
  /** undefined: the store is not there yet, or knows no tokens. */
  readonly token?: LiveToken | undefined;
}

/** What a store that knows who asks has for the containers of a deployment. */
export type LiveToken =
  /** It asks nobody for a token. */
  | { readonly kind: "off" }
  /** It does not let this user give tokens, or see those that it has given. */
  | { readonly kind: "denied" }
  /** What it would be called is somebody else's. */
  | { readonly kind: "taken" }
  | {
      readonly kind: "seen";
      readonly value: Secret | undefined;
      /** As of a TokenSpec; undefined: nothing says what the token may do. */
      readonly rights: Readonly<Record<string, string>> | undefined;
      /** The token has just these rights, and for ever. */
      readonly isBound: boolean;
      /** Everybody may see where services are. */
      readonly isCatalogueOpen: boolean;
    };

export interface LiveEngine {
  /** Containers that carry the deployment's label. */
  readonly containers: readonly LiveContainer[];
  /** Networks that carry the deployment's label. */
  readonly networks: readonly LiveNetwork[];
  /** Volumes that carry the deployment's label. */
  readonly volumes: readonly LiveVolume[];
  /** What is not the deployment's but could stand in its way. */
  readonly foreign: LiveForeign;
}

export interface LiveContainer {
  readonly id: string;
  readonly name: string;
  readonly identity: ContainerIdentity;
  /**
   * Set for a container that Axon has not made and cannot label: "known", the store remembers whose it is;
   * "new", it is to be taken over now.
   */
  readonly adopted?: "new" | "known" | undefined;
  readonly status: ContainerStatus;
  readonly health: "none" | "starting" | "healthy" | "unhealthy";
  /** Of the last run; undefined while it has not ended. */
  readonly exitCode: number | undefined;
  /** The host ports that it really has, while it runs; sorted. */
  readonly bound: readonly PublishedPort[];
  /** As the engine reports it, without what the container's own image supplies. */
  readonly spec: ContainerSpec;
  /** What it has that no field of the spec can say, for readers. Only of a container that is asked for by itself. */
  readonly beyond?: readonly string[] | undefined;
}

export type ContainerStatus =
  | "created"
  | "running"
  | "paused"
  | "restarting"
  | "exited"
  | "dead"
  | "removing";

/** Who a container is. Kept in labels; names are for people. */
export interface ContainerIdentity {
  readonly deployment: string;
  /** Service name, or task id. */
  readonly service: string;
  /** From 1; 0 for one-shots. */
  readonly instance: number;
  readonly kind: "service" | "bootstrap" | "init" | "system";
  /** Of a one-shot: keyed digest of what it was started with. */
  readonly inputs?: string | undefined;
}

export interface LiveNetwork {
  readonly id: string;
  readonly name: string;
  /** What it was told; what the engine chose is not in it. */
  readonly spec: NetworkSpec;
  /** Names of containers on it that are not the deployment's; sorted. */
  readonly guests: readonly string[];
}

export interface LiveVolume {
  readonly name: string;
  readonly spec: VolumeSpec;
}

export interface LiveForeign {
  /** Name to what holds it, for readers: "container 3f2a (image nginx)". */
  readonly containerNames: Readonly<Record<string, string>>;
  readonly networkNames: Readonly<Record<string, string>>;
  readonly volumeNames: Readonly<Record<string, string>>;
  /** Host ports that running containers of others hold. */
  readonly publishedPorts: readonly ForeignPort[];
  /** Containers that no deployment has: neither their labels nor their networks are of one. */
  readonly adoptable: readonly AdoptableContainer[];
}

export interface AdoptableContainer {
  readonly name: string;
  /** What Compose has made it for, as it says in labels; instance 0: for one command. */
  readonly composed?: AdoptedInstance | undefined;
}

export interface ForeignPort {
  readonly protocol: "tcp" | "udp";
  /** "" is every address. */
  readonly hostAddress: string;
  readonly hostPort: number;
  /** Container name. */
  readonly holder: string;
}

export interface LiveStore {
  /** false: the store is not there yet (the managed one, before the first deploy). */
  readonly present: boolean;
  /** How many keys the deployment has in all. */
  readonly keys: number;
  /** Everything below the deployment's `config/`, keys relative to it. */
  readonly config: Readonly<Record<string, Text>>;
  /** The keys of `config` that earlier deploys wrote because the Servicefile named them. */
  readonly ownedConfig: readonly string[];
  /** The keys of `config` that a person has marked as not for showing. */
  readonly sensitiveKeys: readonly string[];
  /** Everything below the deployment's `services/`, keys relative to it. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** What the catalogue has of this deployment, by id; undefined: it would take nothing from this one. */
  readonly registrations: Readonly<Record<string, LiveRegistration>> | undefined;
  /** Ids of those that the catalogue, where it looks by itself, finds critical right now. */
  readonly failing: readonly string[];
  /** The router's keys that belong to this deployment, by route name, then by full key. */
  readonly routes: Readonly<Record<string, Readonly<Record<string, Text>>>>;
  /** Names of the routes of other deployments, at the same router. */
  readonly otherRoutes: readonly string[];
  /** What the deployment's own routes wait for that is not there yet, by key. */
  readonly pending: Readonly<Record<string, Secret>>;
  /** Names of the routes of other deployments that wait for any. */
  readonly otherPending: readonly string[];
  /** Routes of other deployments that wait for services of this one. */
  readonly awaited: readonly PendingRoute[];
  /** Why the router would take nothing of what is there, for readers: each begins with a key. */
  readonly routerFaults: readonly string[];
  /** By task id. */
  readonly tasks: Readonly<Record<string, TaskRecord>>;
  /** Containers that Axon has not made but keeps, by id. */
  readonly adopted: Readonly<Record<string, AdoptedInstance>>;
  /** Facts that services can require, by name. */
  readonly resources: Readonly<Record<string, string>>;
  /** Values that were generated once, by name. */
  readonly generated: Readonly<Record<string, Secret>>;
  /** The run that was begun last and has not ended: cut off, unless somebody holds the lock. */
  readonly journal: JournalEntry | undefined;
  /** Who deploys right now. */
  readonly lockHolder: LockHolder | undefined;
  /** Which token its containers have been given; undefined: none. Counting it up asks for another one. */
  readonly tokenNumber?: string | undefined;
  /** Number of the revision that was written last. */
  readonly revision: number | undefined;
  /** The deployment's key for digests of secrets; undefined before its first deploy. */
  readonly digestKey: Secret | undefined;
  /** What was found there and cannot be used, for readers. */
  readonly notices: readonly string[];
}

export interface PlacedRegistration extends Registration {
  readonly address: string;
}

export interface LiveRegistration extends PlacedRegistration {
  /**
   * What was told of the instance's health, "passing" or "critical", or what somebody made of it; "followed": the
   * catalogue sees all of it by itself.
   */
  readonly health: string;
}

/** What a catalogue is told of an instance's health; "unsure": it has not shown yet. */
export type ToldHealth = "passing" | "critical" | "unsure";

export interface AdoptedInstance {
  readonly service: string;
  /** From 1. */
  readonly instance: number;
}

/** The store's memory of a one-shot that ended. */
export interface TaskRecord {
  readonly version: 1;
  readonly id: string;
  readonly exitCode: number;
  /** "timeout" and "signal" did not end by themselves. */
  readonly ended: "exited" | "timeout" | "interrupted";
  /** ISO 8601, UTC. */
  readonly finishedAt: string;
  /** What it ran with: attribute path to value, or to a keyed digest where the value is secret. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** What a run was going to do, written before it began. */
export interface JournalEntry {
  readonly version: 1;
  /** `axon deploy`, without values that were given to it. */
  readonly command: string;
  /** `user@host`. */
  readonly who: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Number of the revision that the run would have become. */
  readonly revision: number;
  /** How many changes it had planned. */
  readonly planned: number;
  /** All of them, except of a plan of thousands the first ones. */
  readonly changes: readonly JournalChange[];
  /** Keys below `config/` that this run, or one that was cut off before it, changes for a person, and how. */
  readonly keys?: Readonly<Record<string, string>>;
}

export interface JournalChange {
  readonly address: string;
  readonly action: string;
}

/** Who has the lock of a deployment. */
export interface LockHolder {
  readonly version: 1;
  /** `user@host`. */
  readonly who: string;
  readonly pid: number;
  /** `axon deploy`, without values that were given to it. */
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** When its holder is gone, the lock frees itself within twice this time. */
  readonly ttlSeconds: number;
  /** Where a CI system shows the run. */
  readonly link?: string | undefined;
}

/** What an image supplies by itself, and what it says about itself. */
export interface ImageFacts {
  readonly reference: string;
  readonly id: string;
  /** `linux/arm64/v8`. Absent: the engine does not tell. */
  readonly platform?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Content addresses, from the bottom. Absent: the engine does not tell. */
  readonly layers?: readonly string[] | undefined;
  readonly defaults: ImageDefaults;
}

export interface ImageDefaults {
  readonly entrypoint: readonly string[] | undefined;
  readonly command: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly workingDir?: string | undefined;
  readonly stopSignal?: string | undefined;
  readonly labels?: Readonly<Record<string, string>>;
  /** Sorted container ports. */
  readonly exposedPorts: readonly { readonly port: number; readonly protocol: "tcp" | "udp" }[];
  readonly hasHealthcheck: boolean;
  /** Without it, writing down the image's own check would be a difference. */
  readonly healthcheck?: Healthcheck | undefined;
  /** Mount targets. */
  readonly volumes: readonly string[];
}

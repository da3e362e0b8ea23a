import type { AttributeValue } from "../fields/field.ts";
import type { ContainerIdentity, ToldHealth } from "../live.ts";
import type {
  ContainerSpec,
  NetworkAttachment,
  NetworkSpec,
  Registration,
  Replacement,
  RouteSpec,
  TaskSpec,
  TokenSpec,
  VolumeSpec,
} from "../model.ts";
import type { Text } from "../secret.ts";

/** What will happen, as data: it can be printed, compared and approved before anything happens. */
export interface Plan {
  readonly deployment: string;
  /** For readers, in the order in which things will happen. */
  readonly changes: readonly Change[];
  /** For the executor, in topological order: an operation comes after all that it waits for. */
  readonly operations: readonly Operation[];
  readonly notices: readonly Notice[];
  /** What waits for something that is not there yet: nothing is done about it. */
  readonly held: readonly Held[];
}

export interface Held {
  /** As a change has it. */
  readonly address: string;
  readonly resource: "service" | "task";
  readonly name: string;
  readonly step: number;
  /** `requires the resource License, which is not set` */
  readonly reason: string;
  /** The resources that it requires itself. */
  readonly requires: readonly string[];
  /** It keeps running as it is. */
  readonly isLive: boolean;
}

export type Change = ChangeCommon &
  (
    | { readonly action: "create" | "update" | "start" | "run" | "remove" | "adopt" }
    | { readonly action: "replace"; readonly replacement: Replacement }
  );

export interface ChangeCommon {
  /** Unique in the plan: `service.website`, `task.website.migrate`, `config.debug`. */
  readonly address: string;
  readonly resource: ResourceKind;
  readonly name: string;
  readonly section: Section;
  /** Why, in a few words. */
  readonly cause: string;
  readonly attributes: readonly AttributeChange[];
  /** How many attributes were compared and are the same. */
  readonly unchanged: number;
}

export type ResourceKind =
  | "network"
  | "volume"
  | "config"
  | "generated"
  | "endpoint"
  | "registration"
  | "task"
  | "service"
  | "route"
  | "store"
  | "router"
  | "token";

/** Where in the run a change stands. */
export type Section =
  | { readonly kind: "foundation" }
  | { readonly kind: "step"; readonly step: number }
  | { readonly kind: "routes" }
  | { readonly kind: "removal" };

export interface AttributeChange {
  readonly path: string;
  readonly before: AttributeValue | undefined;
  readonly after: AttributeValue | undefined;
  /** Then neither value is in `before` or `after`. */
  readonly sensitive: boolean;
  readonly forcesReplacement: boolean;
  /** It was changed by somebody else since the last deploy. */
  readonly drift: boolean;
  readonly note: string | undefined;
}

export interface Notice {
  readonly code: string;
  readonly message: string;
}

/** One call to one outside system, or one wait. Everything that the executor needs is in it. */
export type Operation = OperationCommon & OperationBody;

export interface OperationCommon {
  readonly id: string;
  /** Ids of operations that must have succeeded first. */
  readonly after: readonly string[];
  /** The change that it belongs to; undefined for what belongs to the run as a whole. */
  readonly change: string | undefined;
  /** Where it belongs to no change, the address of what it is about: for readers. */
  readonly instance?: string;
  /** Other changes that it belongs to as well: one transaction can write several keys. */
  readonly alsoFor?: readonly string[];
  /**
   * Present: this operation undoes. It runs only when one of these has failed, after all of them have
   * ended, and whatever became of `after`.
   */
  readonly onFailureOf?: readonly string[];
  /** Of what undoes: when it is done, what served before serves again. */
  readonly restores?: boolean;
}

/** A container is named by its id where it is known, else by the operation that creates it. */
export type ContainerHandle = { readonly id: string } | { readonly createdBy: string };

export type OperationBody =
  | { readonly kind: "network.create"; readonly spec: NetworkSpec }
  | { readonly kind: "network.remove"; readonly network: string }
  | { readonly kind: "volume.create"; readonly spec: VolumeSpec }
  | { readonly kind: "volume.remove"; readonly name: string }
  | {
      readonly kind: "container.create";
      readonly name: string;
      readonly identity: ContainerIdentity;
      readonly spec: ContainerSpec;
    }
  | { readonly kind: "container.start"; readonly container: ContainerHandle }
  | { readonly kind: "container.unpause"; readonly container: ContainerHandle }
  | {
      readonly kind: "container.awaitReady";
      readonly container: ContainerHandle;
      readonly until: "running" | "healthy";
      /** undefined: the usual. */
      readonly timeoutSeconds: number | undefined;
      /** How long it must stay up where nothing looks at its health. */
      readonly settleSeconds: number;
    }
  | { readonly kind: "container.stop"; readonly container: ContainerHandle }
  | { readonly kind: "container.remove"; readonly container: ContainerHandle }
  | {
      readonly kind: "container.rename";
      readonly container: ContainerHandle;
      readonly name: string;
    }
  | {
      readonly kind: "container.update";
      readonly container: ContainerHandle;
      readonly spec: ContainerSpec;
    }
  | {
      readonly kind: "network.connect";
      readonly container: ContainerHandle;
      readonly attachment: NetworkAttachment;
    }
  | {
      readonly kind: "network.disconnect";
      readonly container: ContainerHandle;
      readonly network: string;
    }
  | {
      readonly kind: "task.run";
      readonly task: TaskSpec;
      /** What the record will say that it ran with; values that are secret are keyed digests. */
      readonly inputs: Readonly<Record<string, string>>;
      /** Digest of the inputs, for the container's label. */
      readonly inputsDigest: string;
      /** Id of a container that an earlier run started with these inputs and did not see end. */
      readonly resume: string | undefined;
    }
  | {
      readonly kind: "catalogue.write";
      readonly registrations: readonly Registration[];
      /** Ids of what is told of no longer, once the others are told of. */
      readonly removed: readonly string[];
      /** Whose address those have that have none of their own. */
      readonly container: ContainerHandle | undefined;
      readonly health: ToldHealth;
    }
  | { readonly kind: "store.write"; readonly writes: readonly StoreWrite[] }
  /** Puts beside what serves what the switch needs. */
  | ({ readonly kind: "route.write" } & RoutePlace)
  | ({
      readonly kind: "route.switch";
      /** The list of servers that is in use until then; undefined: whichever it is, or none. */
      readonly from: number | undefined;
    } & RoutePlace)
  /** Fails unless the router leads there. */
  | ({
      readonly kind: "route.verify";
      /** What it leads to has said that it is well: then a request gets there. */
      readonly isHealthy: boolean;
    } & RoutePlace)
  | {
      readonly kind: "route.drain";
      readonly route: string;
      readonly servers: readonly ServerPlace[];
      /** undefined: the router's usual. */
      readonly atMostSeconds: number | undefined;
    }
  /** Removes what earlier switches left, but for this list of servers. */
  | { readonly kind: "route.clear"; readonly route: string; readonly generation: number }
  | { readonly kind: "route.remove"; readonly route: string }
  | { readonly kind: "token.grant"; readonly token: TokenSpec }
  | { readonly kind: "token.revoke"; readonly name: string }
  /** No call at all: what many wait for, under one name. */
  | { readonly kind: "step.reached"; readonly step: number };

export interface RoutePlace {
  readonly route: string;
  readonly servers: readonly ServerPlace[];
  readonly generation: number;
  /** What the route becomes besides; undefined: only where it leads changes. */
  readonly spec: RouteSpec | undefined;
}

/** `host:port`; of a container that is not there yet, how to know it then. */
export type ServerPlace =
  | { readonly address: string }
  | { readonly container: ContainerHandle; readonly port: number };

/** Keys are full: from the store's root. */
export type StoreWrite =
  | { readonly kind: "put"; readonly key: string; readonly value: Text }
  | { readonly kind: "delete"; readonly key: string }
  | { readonly kind: "deleteTree"; readonly prefix: string };

import type { ImageDefaults } from "../live.ts";
import type { ContainerSpec } from "../model.ts";
import type { DockerContainer, DockerCreate, DockerHostConfig } from "./docker-api.ts";

export type Change = "replace" | "update";

/**
 * One row of the field table: all that Axon knows about one field of a container. `T` is the field's
 * canonical form in the model.
 */
export interface Field<T> {
  /** The Servicefile key (or the source) that it comes from, for docs. */
  readonly key: string;
  /** Whether the engine can change it in a running container, or can for these two values. */
  readonly change: Change | ((before: T, after: T) => Change);
  /** How the two differ, in words of the plan; empty when they mean the same. */
  diff(before: T, after: T): readonly Delta[];
  /**
   * The value with what the image supplies by itself taken out. Absent: images do not supply it. `spec`
   * is the whole, still with what the image supplies.
   */
  withoutImage?(value: T, image: ImageDefaults, spec: ContainerSpec): T;
  /** What of the value is newer than the oldest engine that Axon knows. Absent: nothing. */
  since?(value: T): readonly Since[];
  /** Adds the value to a Docker create call. */
  toDocker(value: T, body: DockerCreate): void;
  /** Adds the value to a Docker update call. Absent: as at creation. */
  toDockerUpdate?(value: T, host: DockerHostConfig): void;
  /** Reads the value from a Docker inspect result. */
  fromDocker(container: DockerContainer): T;
}

/** Something that engines have only from some version of their API on. Older ones do not say that they have not. */
export interface Since {
  /** Below the service, as the file writes it: `["healthcheck", "start_interval"]`. */
  readonly path: readonly string[];
  /** For readers, where the path does not tell all of it. */
  readonly what: string;
  /** `1.44` */
  readonly api: string;
}

/** One attribute that differs. `before` or `after` is undefined where there is none. */
export interface Delta {
  /** Attribute path without the resource: `env.BRANDING`, `image`, `publish`. */
  readonly path: string;
  readonly before: AttributeValue | undefined;
  readonly after: AttributeValue | undefined;
  /** Then neither value is in `before` or `after`. */
  readonly sensitive?: boolean;
  /** A remark for the reader: "same tag". */
  readonly note?: string;
}

export type AttributeValue = string | number | boolean | readonly string[];

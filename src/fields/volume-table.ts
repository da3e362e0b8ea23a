import type { VolumeSpec } from "../model.ts";
import { deltaOf, recordDeltas } from "./delta.ts";
import type { DockerVolumeSettings } from "./docker-api.ts";
import type { Delta } from "./field.ts";
import { givenBy, markGiven } from "./given.ts";
import { given, pathsOf } from "./labels.ts";
import { NOTHING } from "./nothing.ts";
import {
  fromResource,
  type ResourceField,
  type ResourceTable,
  resourceDeltas,
  toResource,
} from "./resource-field.ts";

type Fields = Omit<VolumeSpec, "name" | "external">;
type Row<F extends keyof Fields> = ResourceField<Fields[F], DockerVolumeSettings>;

const USUAL_DRIVER = "local";

const driver: Row<"driver"> = {
  key: "driver",
  diff: (before = USUAL_DRIVER, after = USUAL_DRIVER) => deltaOf("driver", before, after),
  toDocker(value, body) {
    if (value !== undefined) body.Driver = value;
  },
  fromDocker: ({ Driver }) => (Driver === USUAL_DRIVER ? undefined : Driver || undefined),
};

/** Drivers keep them as they were given. */
const driverOpts: Row<"driverOpts"> = {
  key: "driver_opts",
  diff: (before, after) => recordDeltas("driver_opts", before, after),
  toDocker(value, body) {
    if (Object.keys(value).length > 0) body.DriverOpts = { ...value };
  },
  fromDocker: ({ DriverOpts }) => DriverOpts ?? NOTHING,
};

const labels: Row<"labels"> = {
  key: "labels",
  diff: (before, after) => recordDeltas("labels", before, after),
  toDocker(value, body) {
    body.Labels = { ...body.Labels, ...value };
    markGiven(pathsOf("labels", value), body);
  },
  fromDocker: ({ Labels }, isGiven) => given("labels", Labels ?? NOTHING, isGiven),
};

const TABLE: ResourceTable<Fields, DockerVolumeSettings> = { driver, driverOpts, labels };

export function volumeDeltas(before: VolumeSpec, after: VolumeSpec): readonly Delta[] {
  return resourceDeltas(TABLE, before, after);
}

/** For a call that makes it, besides its name. */
export function toDockerVolume(spec: VolumeSpec): DockerVolumeSettings {
  return toResource(TABLE, spec, {});
}

export function fromDockerVolume(name: string, body: DockerVolumeSettings): VolumeSpec {
  return { name, external: false, ...fromResource(TABLE, body, givenBy(body.Labels)) };
}

/** A volume of which nothing is said but its name. */
export function bareVolume(name: string): VolumeSpec {
  return fromDockerVolume(name, {});
}

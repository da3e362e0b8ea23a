import type { VolumeSpec } from "../model.ts";
import { recordDeltas } from "./delta.ts";
import type { DockerVolumeSettings } from "./docker-api.ts";
import type { Delta } from "./field.ts";
import { givenBy } from "./given.ts";
import { NOTHING } from "./nothing.ts";
import {
  fromResource,
  type ResourceField,
  type ResourceTable,
  resourceDeltas,
  toResource,
} from "./resource-field.ts";
import { driverRow, labelsRow } from "./resource-rows.ts";

type Fields = Omit<VolumeSpec, "name" | "external">;
type Row<F extends keyof Fields> = ResourceField<Fields[F], DockerVolumeSettings>;

const driver: Row<"driver"> = driverRow("local");

/** Drivers keep them as they were given. */
const driverOpts: Row<"driverOpts"> = {
  key: "driver_opts",
  diff: (before, after) => recordDeltas("driver_opts", before, after),
  toDocker(value, body) {
    if (Object.keys(value).length > 0) body.DriverOpts = { ...value };
  },
  fromDocker: ({ DriverOpts }) => DriverOpts ?? NOTHING,
};

const labels: Row<"labels"> = labelsRow();

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

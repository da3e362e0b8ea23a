import { deltaOf } from "./delta.ts";
import type { DockerDevice } from "./docker-api.ts";
import type { Field } from "./field.ts";
import { NONE } from "./nothing.ts";

export const devices: Field<readonly string[]> = {
  key: "devices",
  change: "replace",
  diff: (before, after) => deltaOf("devices", before.toSorted(), after.toSorted()),
  toDocker(value, { HostConfig }) {
    if (value.length > 0) HostConfig.Devices = value.map(toDevice);
  },
  fromDocker: ({ HostConfig: { Devices } }) =>
    Devices?.length ? Devices.map(fromDevice).sort() : NONE,
};

function toDevice(text: string): DockerDevice {
  const [PathOnHost = "", PathInContainer = "", CgroupPermissions = ""] = text.split(":");
  return { PathOnHost, PathInContainer, CgroupPermissions };
}

function fromDevice({ PathOnHost, PathInContainer, CgroupPermissions }: DockerDevice): string {
  return [PathOnHost, PathInContainer, CgroupPermissions].join(":");
}

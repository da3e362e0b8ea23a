import type { DeviceRequest } from "../model.ts";
import { deltaOf } from "./delta.ts";
import type { DockerDeviceRequest } from "./docker-api.ts";
import type { Field } from "./field.ts";
import { NONE } from "./nothing.ts";

export const gpus: Field<readonly DeviceRequest[]> = {
  key: "gpus",
  change: "replace",
  diff: (before, after) => deltaOf("gpus", before.map(describe).sort(), after.map(describe).sort()),
  toDocker(value, { HostConfig }) {
    if (value.length > 0) HostConfig.DeviceRequests = value.map(toRequest);
  },
  fromDocker: ({ HostConfig: { DeviceRequests } }) =>
    DeviceRequests?.length ? DeviceRequests.map(fromRequest) : NONE,
};

function toRequest(request: DeviceRequest): DockerDeviceRequest {
  const { driver, count, deviceIds, capabilities, options } = request;
  return {
    Driver: driver,
    Count: count,
    DeviceIDs: deviceIds.length > 0 ? [...deviceIds] : null,
    Capabilities: [[...capabilities]],
    Options: { ...options },
  };
}

function fromRequest(request: DockerDeviceRequest): DeviceRequest {
  const { Driver = "", Count = 0, DeviceIDs, Capabilities, Options } = request;
  return {
    driver: Driver,
    count: Count,
    deviceIds: (DeviceIDs ?? NONE).toSorted(),
    capabilities: (Capabilities?.[0] ?? NONE).toSorted(),
    options: Options ?? {},
  };
}

/** `all gpu`, `2 gpu,utility of nvidia`, `GPU-1,GPU-2 gpu`. */
function describe(request: DeviceRequest): string {
  const { driver, count, deviceIds, capabilities, options } = request;
  const which = deviceIds.length > 0 ? deviceIds.join(",") : count === -1 ? "all" : String(count);
  const told = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  const of = driver === "" ? [] : [`of ${driver}`];
  return [which, capabilities.join(","), ...of, ...told.sort()].join(" ");
}

import { deltaOf } from "./delta.ts";
import type { Field } from "./field.ts";

/** Whose network it shares. Being on that of the host, or on none, is told by its networks. */
export const networkMode: Field<string | undefined> = {
  key: "network_mode",
  change: "replace",
  diff: (before, after) => deltaOf("network_mode", before, after),
  toDocker(value, { HostConfig }) {
    if (value !== undefined) HostConfig.NetworkMode = value;
  },
  fromDocker: ({ HostConfig: { NetworkMode = "" } }) =>
    NetworkMode.startsWith("container:") ? NetworkMode : undefined,
};

import type { RestartPolicy } from "../model.ts";
import { deltaOf } from "./delta.ts";
import type { Field } from "./field.ts";

export const restart: Field<RestartPolicy> = {
  key: "restart",
  change: "update",
  diff: (before, after) => deltaOf("restart", describe(before), describe(after)),
  toDocker(value, { HostConfig }) {
    HostConfig.RestartPolicy = {
      Name: value.name,
      MaximumRetryCount: value.name === "on-failure" ? value.maximumRetries : 0,
    };
  },
  fromDocker: ({ HostConfig }) => ({
    name: (HostConfig.RestartPolicy?.Name || "no") as RestartPolicy["name"],
    maximumRetries: HostConfig.RestartPolicy?.MaximumRetryCount ?? 0,
  }),
};

function describe({ name, maximumRetries }: RestartPolicy): string {
  return name === "on-failure" && maximumRetries > 0 ? `${name}:${maximumRetries}` : name;
}

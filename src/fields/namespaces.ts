import { deltaOf } from "./delta.ts";
import type { Field } from "./field.ts";
import { givenIn, markGiven } from "./given.ts";

type Name = string | undefined;
type HostText = "PidMode" | "IpcMode" | "UTSMode" | "UsernsMode" | "Runtime";

export const pid = text("pid", "PidMode");
export const uts = text("uts", "UTSMode");
export const userns = text("userns", "UsernsMode");
export const ipc = textWithDefault("ipc", "IpcMode");
export const runtime = textWithDefault("runtime", "Runtime");

function text(key: string, name: HostText): Field<Name> {
  return {
    key,
    change: "replace",
    diff: (before, after) => deltaOf(key, before, after),
    toDocker(value, { HostConfig }) {
      if (value !== undefined) HostConfig[name] = value;
    },
    fromDocker: ({ HostConfig }) => HostConfig[name] || undefined,
  };
}

/** The engine fills in what it is told to where nothing is given. */
function textWithDefault(key: string, name: HostText): Field<Name> {
  const row = text(key, name);
  return {
    ...row,
    toDocker(value, body) {
      row.toDocker(value, body);
      if (value !== undefined) markGiven([key], body);
    },
    fromDocker(container) {
      const isGiven = givenIn(container);
      return isGiven && !isGiven(key) ? undefined : row.fromDocker(container);
    },
  };
}

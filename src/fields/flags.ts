import { deltaOf } from "./delta.ts";
import type { Field } from "./field.ts";

type HostFlag = "ReadonlyRootfs" | "Init" | "Privileged";

export const readOnly = flag("read_only", "ReadonlyRootfs");
export const initProcess = flag("init_process", "Init");
export const privileged = flag("privileged", "Privileged");

/** What is off is not sent: the engine's own default is off, too. */
function flag(key: string, name: HostFlag): Field<boolean> {
  return {
    key,
    change: "replace",
    diff: (before, after) => deltaOf(key, before, after),
    toDocker(value, { HostConfig }) {
      if (value) HostConfig[name] = true;
    },
    fromDocker: ({ HostConfig }) => HostConfig[name] === true,
  };
}

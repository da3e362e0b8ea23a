import { deltaOf } from "./delta.ts";
import type { Field } from "./field.ts";

type List = readonly string[];
type HostList = "CapAdd" | "CapDrop" | "GroupAdd" | "ExtraHosts";

export const capAdd = list("cap_add", "CapAdd", capability);
export const capDrop = list("cap_drop", "CapDrop", capability);
export const groupAdd = list("group_add", "GroupAdd");
export const extraHosts = list("extra_hosts", "ExtraHosts");

/** The order does not count. */
function list(key: string, name: HostList, canonical = (item: string) => item): Field<List> {
  const sorted = (items: List) => [...new Set(items.map(canonical))].sort();
  return {
    key,
    change: "replace",
    diff: (before, after) => deltaOf(key, sorted(before), sorted(after)),
    toDocker(value, { HostConfig }) {
      if (value.length > 0) HostConfig[name] = [...value];
    },
    fromDocker: ({ HostConfig }) => sorted(HostConfig[name] ?? []),
  };
}

/** Newer engines add CAP_ to what they were given. */
function capability(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, "");
}

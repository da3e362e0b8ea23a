import { deltaOf } from "./delta.ts";
import type { Field } from "./field.ts";
import { NONE } from "./nothing.ts";

type List = readonly string[];
type HostList =
  | "CapAdd"
  | "CapDrop"
  | "GroupAdd"
  | "ExtraHosts"
  | "SecurityOpt"
  | "Dns"
  | "DnsSearch"
  | "DnsOptions";

export const capAdd = list("cap_add", "CapAdd", sortedBy(capability));
export const capDrop = list("cap_drop", "CapDrop", sortedBy(capability));
export const groupAdd = list("group_add", "GroupAdd", sortedBy(asItIs));
export const extraHosts = list("extra_hosts", "ExtraHosts", sortedBy(asItIs));

export const securityOpt: Field<List> = {
  ...list("security_opt", "SecurityOpt", sortedBy(securityOption)),
  /** The engine adds it to a container that shares as much with the host. */
  withoutImage: (value, _image, { privileged, pid, ipc }) =>
    value.length > 0 && (privileged || pid === "host" || ipc === "host")
      ? value.filter((option) => securityOption(option) !== "label=disable")
      : value,
};

/** The first one is asked first. */
export const dns = list("dns", "Dns", asItIs);
export const dnsSearch = list("dns_search", "DnsSearch", asItIs);
export const dnsOpt = list("dns_opt", "DnsOptions", sortedBy(asItIs));

function list(key: string, name: HostList, canonical: (items: List) => List): Field<List> {
  return {
    key,
    change: "replace",
    diff: (before, after) => deltaOf(key, canonical(before), canonical(after)),
    toDocker(value, { HostConfig }) {
      if (value.length > 0) HostConfig[name] = [...value];
    },
    fromDocker: ({ HostConfig }) => (HostConfig[name]?.length ? canonical(HostConfig[name]) : NONE),
  };
}

/** The order does not count. */
function sortedBy(spelling: (item: string) => string): (items: List) => List {
  return (items) => [...new Set(items.map(spelling))].sort();
}

function asItIs<T>(value: T): T {
  return value;
}

/** Newer engines add CAP_ to what they were given. */
function capability(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, "");
}

/** `label:disable` is the old way to write `label=disable`. */
function securityOption(option: string): string {
  if (option === "no-new-privileges") return "no-new-privileges=true";
  return option.replace(/^([a-z-]+):/, "$1=");
}

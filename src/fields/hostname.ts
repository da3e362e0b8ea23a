import { deltaOf } from "./delta.ts";
import type { Field } from "./field.ts";
import { givenIn, markGiven } from "./given.ts";

export const hostname: Field<string | undefined> = {
  key: "hostname",
  change: "replace",
  diff: (before, after) => deltaOf("hostname", before, after),
  toDocker(value, body) {
    if (value === undefined) return;
    body.Hostname = value;
    markGiven(["hostname"], body);
  },
  /** The engine's own choice is the short id, or the name of whom the network is. */
  fromDocker(container) {
    const { Id, Config, HostConfig } = container;
    const isShared = /^(host$|container:)/.test(HostConfig.NetworkMode ?? "");
    if (isShared && !givenIn(container)?.("hostname")) return undefined;
    return Config.Hostname === Id.slice(0, 12) ? undefined : Config.Hostname || undefined;
  },
};

export const domainname: Field<string | undefined> = {
  key: "domainname",
  change: "replace",
  diff: (before, after) => deltaOf("domainname", before, after),
  toDocker(value, body) {
    if (value !== undefined) body.Domainname = value;
  },
  fromDocker: ({ Config }) => Config.Domainname || undefined,
};

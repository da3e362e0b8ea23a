import { deltaOf } from "./delta.ts";
import type { Field } from "./field.ts";

export const hostname: Field<string | undefined> = {
  key: "hostname",
  change: "replace",
  diff: (before, after) => deltaOf("hostname", before, after),
  toDocker(value, body) {
    if (value !== undefined) body.Hostname = value;
  },
  /** The engine's own choice is the short id. */
  fromDocker: ({ Id, Config }) =>
    Config.Hostname === Id.slice(0, 12) ? undefined : Config.Hostname || undefined,
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

import { deltaOf } from "./delta.ts";
import type { Change, Field } from "./field.ts";
import { sizeText } from "./size-text.ts";

type Limit = number | undefined;

const NANO = 1_000_000_000;

export const memory: Field<Limit> = {
  key: "memory",
  change: unlessLifted,
  diff: (before, after) => deltaOf("memory", sizeText(before), sizeText(after)),
  toDocker(value, { HostConfig }) {
    if (value !== undefined) HostConfig.Memory = value;
  },
  /** Together with swap, as at creation: alone it could not be raised above what the two had. */
  toDockerUpdate(value, host) {
    if (value !== undefined) Object.assign(host, { Memory: value, MemorySwap: value * 2 });
  },
  fromDocker: ({ HostConfig }) => HostConfig.Memory || undefined,
};

export const cpus: Field<Limit> = {
  key: "cpus",
  change: unlessLifted,
  diff: (before, after) => deltaOf("cpus", before, after),
  toDocker(value, { HostConfig }) {
    if (value !== undefined) HostConfig.NanoCpus = Math.round(value * NANO);
  },
  fromDocker: ({ HostConfig }) => (HostConfig.NanoCpus ?? 0) / NANO || undefined,
};

export const pidsLimit: Field<Limit> = {
  key: "pids_limit",
  change: "update",
  diff: (before, after) => deltaOf("pids_limit", before, after),
  toDocker(value, { HostConfig }) {
    if (value !== undefined) HostConfig.PidsLimit = value;
  },
  toDockerUpdate(value, host) {
    host.PidsLimit = value ?? -1;
  },
  fromDocker: ({ HostConfig }) => {
    const limit = HostConfig.PidsLimit ?? 0;
    return limit > 0 ? limit : undefined;
  },
};

/** Docker takes 0 in an update for "leave it as it is", so a limit can be changed but not lifted. */
function unlessLifted(_before: Limit, after: Limit): Change {
  return after === undefined ? "replace" : "update";
}

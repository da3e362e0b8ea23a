import { cpuList } from "./cpu-list.ts";
import { deltaOf } from "./delta.ts";
import type { Change, Field } from "./field.ts";
import { sizeText } from "./size-text.ts";

type Limit = number | undefined;

const NANO = 1_000_000_000;
const NO_LIMIT = -1;

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

/**
 * An engine that cannot count swap has no limit for it whatever it is told, so having none is no difference
 * from saying nothing.
 */
export const memorySwap: Field<Limit> = {
  key: "memory_swap",
  change: "update",
  diff: (before, after) =>
    before === NO_LIMIT && after === undefined
      ? []
      : deltaOf("memory_swap", swapText(before), swapText(after)),
  toDocker(value, { HostConfig }) {
    if (value !== undefined) HostConfig.MemorySwap = value;
  },
  /** Twice the memory is what the engine gives by itself. */
  fromDocker: ({ HostConfig: { Memory = 0, MemorySwap = 0 } }) =>
    MemorySwap === Memory * 2 ? undefined : MemorySwap || undefined,
};

export const memoryReservation: Field<Limit> = {
  key: "memory_reservation",
  change: unlessLifted,
  diff: (before, after) => deltaOf("memory_reservation", sizeText(before), sizeText(after)),
  toDocker(value, { HostConfig }) {
    if (value !== undefined) HostConfig.MemoryReservation = value;
  },
  fromDocker: ({ HostConfig }) => HostConfig.MemoryReservation || undefined,
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

export const cpuShares: Field<Limit> = {
  key: "cpu_shares",
  change: unlessLifted,
  diff: (before, after) => deltaOf("cpu_shares", before, after),
  toDocker(value, { HostConfig }) {
    if (value !== undefined) HostConfig.CpuShares = value;
  },
  fromDocker: ({ HostConfig }) => HostConfig.CpuShares || undefined,
};

export const cpuset: Field<string | undefined> = {
  key: "cpuset",
  change: unlessLifted,
  diff: (before, after) => deltaOf("cpuset", cpuList(before), cpuList(after)),
  toDocker(value, { HostConfig }) {
    if (value !== undefined) HostConfig.CpusetCpus = value;
  },
  fromDocker: ({ HostConfig }) => HostConfig.CpusetCpus || undefined,
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

function swapText(bytes: Limit): string | undefined {
  return bytes === NO_LIMIT ? "unlimited" : sizeText(bytes);
}

/** Docker takes 0 in an update for "leave it as it is", so a limit can be changed but not lifted. */
function unlessLifted(_before: unknown, after: unknown): Change {
  return after === undefined ? "replace" : "update";
}

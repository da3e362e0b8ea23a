import { deltaOf } from "./delta.ts";
import type { Field } from "./field.ts";
import { sizeText } from "./size-text.ts";

/** What engines give, and report, when nothing is said. */
const USUAL = 64 * 1024 ** 2;

export const shmSize: Field<number | undefined> = {
  key: "shm_size",
  change: "replace",
  diff: (before, after) => deltaOf("shm_size", sizeText(before ?? USUAL), sizeText(after ?? USUAL)),
  toDocker(value, { HostConfig }) {
    if (value !== undefined) HostConfig.ShmSize = value;
  },
  fromDocker: ({ HostConfig: { ShmSize = 0 } }) =>
    ShmSize === 0 || ShmSize === USUAL ? undefined : ShmSize,
};

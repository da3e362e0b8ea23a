import { deltaOf } from "./delta.ts";
import type { Field } from "./field.ts";

export const oomScoreAdj: Field<number | undefined> = {
  key: "oom_score_adj",
  change: "replace",
  diff: (before, after) => deltaOf("oom_score_adj", before, after),
  toDocker(value, { HostConfig }) {
    if (value !== undefined) HostConfig.OomScoreAdj = value;
  },
  fromDocker: ({ HostConfig }) => HostConfig.OomScoreAdj || undefined,
};

import { deltaOf } from "./delta.ts";
import type { Field } from "./field.ts";

export const user: Field<string | undefined> = {
  key: "user",
  change: "replace",
  diff: (before, after) => deltaOf("user", before, after),
  withoutImage: (value, image) => (value === "" || value === image.user ? undefined : value),
  toDocker(value, body) {
    if (value !== undefined) body.User = value;
  },
  fromDocker: ({ Config }) => Config.User || undefined,
};

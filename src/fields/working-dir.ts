import { cleanPath } from "./clean-path.ts";
import { deltaOf } from "./delta.ts";
import type { Field } from "./field.ts";

export const workingDir: Field<string | undefined> = {
  key: "working_dir",
  change: "replace",
  diff: (before, after) => deltaOf("working_dir", cleaned(before), cleaned(after)),
  withoutImage: (value, image) =>
    value !== undefined && cleanPath(value) === cleanPath(image.workingDir ?? "/")
      ? undefined
      : value,
  toDocker(value, body) {
    if (value !== undefined) body.WorkingDir = value;
  },
  fromDocker: ({ Config }) => Config.WorkingDir || undefined,
};

function cleaned(path: string | undefined): string | undefined {
  return path === undefined ? undefined : cleanPath(path);
}

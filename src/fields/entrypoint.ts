import type { ImageDefaults } from "../live.ts";
import { deltaOf, sameList } from "./delta.ts";
import type { Field } from "./field.ts";

type Words = readonly string[] | undefined;

/** An empty list switches the image's own off. */
export const entrypoint: Field<Words> = {
  key: "entrypoint",
  change: "replace",
  diff: (before, after) => deltaOf("entrypoint", before, after),
  withoutImage: (value, image) => (isImageOwn(value, image) ? undefined : value),
  toDocker(value, body) {
    if (value) body.Entrypoint = [...value];
  },
  fromDocker: ({ Config }) => Config.Entrypoint ?? [],
};

/** Docker ignores the image's command as soon as an entrypoint is given, and an empty one always. */
export const command: Field<Words> = {
  key: "cmd",
  change: "replace",
  diff: (before, after) => deltaOf("cmd", before, after),
  withoutImage(value, image, spec) {
    if (value === undefined || value.length === 0) return undefined;
    if (spec.entrypoint?.length && !isImageOwn(spec.entrypoint, image)) return value;
    return sameList(value, image.command ?? []) ? undefined : value;
  },
  toDocker(value, body) {
    if (value) body.Cmd = [...value];
  },
  fromDocker: ({ Config }) => Config.Cmd ?? [],
};

function isImageOwn(value: Words, image: ImageDefaults): boolean {
  return value === undefined || sameList(value, image.entrypoint ?? []);
}

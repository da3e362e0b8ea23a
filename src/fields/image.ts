import type { ImageIdentity } from "../model.ts";
import type { Delta, Field } from "./field.ts";

/** What was written, because a container is made from the content address: a tag may have moved. */
const REFERENCE_LABEL = "io.axon.image";

const SHORT_ID = "sha256:".length + 12;

export const image: Field<ImageIdentity> = {
  key: "image",
  change: "replace",
  diff: (before, after) => (before.id === after.id ? [] : [imageDelta(before, after)]),
  toDocker(value, body) {
    body.Image = value.id;
    body.Labels = { ...body.Labels, [REFERENCE_LABEL]: value.reference };
  },
  fromDocker: ({ Image, Config }) => ({
    reference: Config.Labels?.[REFERENCE_LABEL] ?? Config.Image,
    id: Image,
  }),
};

function imageDelta(before: ImageIdentity, after: ImageIdentity): Delta {
  if (before.reference !== after.reference) {
    return { path: "image", before: before.reference, after: after.reference };
  }
  return {
    path: "image",
    before: before.id.slice(0, SHORT_ID),
    after: after.id.slice(0, SHORT_ID),
    note: "same tag",
  };
}

import { own } from "../own.ts";
import { recordDeltas } from "./delta.ts";
import type { Field } from "./field.ts";
import { givenIn, type IsGiven, markGiven, nothingGiven } from "./given.ts";
import { NOTHING } from "./nothing.ts";

type Texts = Readonly<Record<string, string>>;

const OURS = "io.axon.";

/** Those of the image, and those that `AXON_LABELS` puts on everything, are on the container as well. */
export const labels: Field<Texts> = {
  key: "labels",
  change: "replace",
  diff: (before, after) => recordDeltas("labels", before, after),
  withoutImage: (value, { labels: supplied = NOTHING }) =>
    value === NOTHING ? value : where(value, (name) => own(supplied, name) !== value[name]),
  toDocker(value, body) {
    body.Labels = { ...body.Labels, ...value };
    markGiven(pathsOf("labels", value), body);
  },
  fromDocker: (container) =>
    given("labels", container.Config.Labels ?? NOTHING, givenIn(container)),
};

/** Those of a record that were given, or that may have been. */
export function given(key: string, value: Texts, isGiven: IsGiven): Texts {
  if (isGiven === nothingGiven) return NOTHING;
  return where(value, (name) => (isGiven ? isGiven(`${key}.${name}`) : !name.startsWith(OURS)));
}

export function pathsOf(key: string, value: Texts): string[] {
  return Object.keys(value).map((name) => `${key}.${name}`);
}

function where(value: Texts, isWanted: (name: string) => boolean): Texts {
  const entries = Object.entries(value).filter(([name]) => isWanted(name));
  return entries.length > 0 ? Object.fromEntries(entries) : NOTHING;
}

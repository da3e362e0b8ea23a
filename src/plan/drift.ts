import { diffContainer } from "../fields/table.ts";
import type { LiveContainer } from "../live.ts";
import type { Model } from "../model.ts";
import { own } from "../own.ts";
import { reveal, type Text } from "../secret.ts";

/** The model of the last deploy that was completed; undefined where there is none to compare with. */
export type Previous = Model | undefined;

export const REMOVED_OUTSIDE = "was removed outside of axon";
export const NOT_THERE_YET = "not there yet";

/** Attribute paths in which a container is not any more what the last deploy made it. */
export function driftedPaths(previous: Previous, live: LiveContainer): ReadonlySet<string> {
  const { service, instance } = live.identity;
  const made = own(previous?.services, service);
  if (made === undefined) return new Set();
  const paths = diffContainer(live.spec, made.container).deltas.map(({ delta }) => delta.path);
  const name = made.containerNames[instance - 1];
  return new Set(name === undefined || name === live.name ? paths : [...paths, "name"]);
}

/** Whether a key that the last deploy wrote holds something else now. */
export function hasDrifted(written: Text | undefined, live: Text | undefined): boolean {
  if (written === undefined) return false;
  return live === undefined || reveal(written) !== reveal(live);
}

/** Why something that is wanted is not there: it never was, or somebody took it away. */
export function absenceOf(wasMade: boolean): string {
  return wasMade ? REMOVED_OUTSIDE : NOT_THERE_YET;
}

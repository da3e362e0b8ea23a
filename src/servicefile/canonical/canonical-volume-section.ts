import type { Report } from "../problems/problem.ts";
import type { VolumeSection } from "../servicefile.ts";
import { entriesOf, type Tree } from "../yaml/tree.ts";
import { resourceOf } from "./canonical-resource.ts";
import { recordOf } from "./record-of.ts";

/** The section `Volumes`. */
export function canonicalVolumeSection(
  tree: Tree | undefined,
  report: Report,
): Readonly<Record<string, VolumeSection>> {
  return recordOf(entriesOf(tree).map(([name, body]) => [name, resourceOf(body, report)] as const));
}

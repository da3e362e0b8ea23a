import type { Report } from "../problems/problem.ts";
import type { VolumeSection } from "../servicefile.ts";
import { childOf, entriesOf, type Tree, textOf } from "../yaml/tree.ts";
import { externalOf } from "./canonical-external.ts";
import { recordOf } from "./record-of.ts";
import { textRecord } from "./text-record.ts";

/** The section `Volumes`. */
export function canonicalVolumeSection(
  tree: Tree | undefined,
  report: Report,
): Readonly<Record<string, VolumeSection>> {
  return recordOf(entriesOf(tree).map(([name, body]) => [name, volume(body, report)] as const));
}

function volume(body: Tree, report: Report): VolumeSection {
  const of = (key: string) => childOf(body, key);
  return {
    name: textOf(of("name")),
    external: externalOf(body, report),
    driver: textOf(of("driver")),
    driverOpts: textRecord(of("driver_opts"), report),
    labels: textRecord(of("labels"), report),
  };
}

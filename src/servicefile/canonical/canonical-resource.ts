import type { Report } from "../problems/problem.ts";
import type { VolumeSection } from "../servicefile.ts";
import { childOf, entriesOf, type Tree, textOf } from "../yaml/tree.ts";
import { textRecord } from "./text-record.ts";

/** What `Networks` and `Volumes` say alike. */
export function resourceOf(body: Tree, report: Report): VolumeSection {
  const of = (key: string) => childOf(body, key);
  return {
    name: textOf(of("name")),
    external: externalOf(body, report),
    driver: textOf(of("driver")),
    driverOpts: textRecord(of("driver_opts"), report),
    labels: textRecord(of("labels"), report),
  };
}

/** What is there already is as it is. */
function externalOf(body: Tree, report: Report): boolean {
  const external = childOf(body, "external");
  if (external?.kind !== "scalar" || external.value !== true) return false;
  for (const [key, value] of entriesOf(body)) {
    if (key === "external" || key === "name" || key.startsWith("x-")) continue;
    const says = "cannot be said of what is external: it is there already, and is not Axon's";
    report({ path: value.path, says, hint: `remove ${key}, or external` });
  }
  return true;
}

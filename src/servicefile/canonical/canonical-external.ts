import type { Report } from "../problems/problem.ts";
import { childOf, entriesOf, type Tree } from "../yaml/tree.ts";

/** What is there already is as it is. */
export function externalOf(body: Tree, report: Report): boolean {
  const external = childOf(body, "external");
  if (external?.kind !== "scalar" || external.value !== true) return false;
  for (const [key, value] of entriesOf(body)) {
    if (key === "external" || key === "name" || key.startsWith("x-")) continue;
    const says = "cannot be said of what is external: it is there already, and is not Axon's";
    report({ path: value.path, says, hint: `remove ${key}, or external` });
  }
  return true;
}

import type { Report } from "../problems/problem.ts";
import type { Tree } from "../yaml/tree.ts";
import { namedTexts, textRecord } from "./text-record.ts";

const OURS = "io.axon.";

export function canonicalLabels(
  tree: Tree | undefined,
  report: Report,
): Readonly<Record<string, string>> {
  for (const { name, path } of namedTexts(tree)) {
    if (!name.startsWith(OURS)) continue;
    const says = `cannot be used: labels that begin with ${OURS} are Axon's own`;
    report({ path, says, hint: "give it another name" });
  }
  return textRecord(tree, report);
}

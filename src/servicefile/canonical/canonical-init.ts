import type { Report } from "../problems/problem.ts";
import type { InitEntry } from "../servicefile.ts";
import { childOf, type Tree, textOf } from "../yaml/tree.ts";
import { canonicalEntrypoint } from "./canonical-command.ts";
import { positiveSeconds } from "./duration.ts";

/** Text is split into words and not given to a shell: Axon appends arguments to it. */
export function canonicalInit(
  tree: Tree | undefined,
  report: Report,
): false | InitEntry | undefined {
  if (tree?.kind === "scalar") return tree.value === false ? false : {};
  if (tree?.kind !== "map") return undefined;
  return {
    command: canonicalEntrypoint(childOf(tree, "cmd"), report),
    user: textOf(childOf(tree, "user")),
    timeout: positiveSeconds(childOf(tree, "timeout"), report),
  };
}

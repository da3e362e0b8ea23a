import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import type { RequireEntry } from "../servicefile.ts";
import { entriesOf, type Tree, textOf } from "../yaml/tree.ts";
import { labelFault } from "./dns-label.ts";
import { namesIn } from "./names-in.ts";

/** From a list of names, "a, b", or a map of names to conditions. The first of two equal names counts. */
export function canonicalRequire(tree: Tree | undefined, report: Report): readonly RequireEntry[] {
  const named = namesIn(tree).map(({ name, path }) => ({
    target: name,
    condition: undefined,
    path,
  }));
  const conditional = entriesOf(tree).map(([target, value]) => {
    const condition = textOf(value) as RequireEntry["condition"];
    return { target, condition, path: value.path };
  });
  const byTarget = new Map<string, RequireEntry>();
  for (const entry of [...named, ...conditional]) {
    checkTarget(entry, report);
    if (!byTarget.has(entry.target)) byTarget.set(entry.target, entry);
  }
  return [...byTarget.values()];
}

/** `db`, a one-shot of a service: `website.migrate`, or one of the section Exec: `InitAssets`. */
function checkTarget({ target, path }: RequireEntry, report: Report): void {
  if (target.split(".").every((part) => labelFault(part.toLowerCase()) === undefined)) return;
  const says = `requires ${quoted(target)}, which is not the name of a service or one-shot`;
  report({ path, says, hint: "write names like db, or website.migrate for a bootstrap" });
}

import type { Report } from "../problems/problem.ts";
import { childOf, entriesOf, itemsOf, type Tree, textOf } from "../yaml/tree.ts";
import { containerPath } from "./container-path.ts";
import { recordOf } from "./record-of.ts";

/** `/run:size=64m,mode=1777`, alone or in a list. */
export function canonicalTmpfs(body: Tree, report: Report): Readonly<Record<string, string>> {
  const tree = childOf(body, "tmpfs");
  if (tree === undefined) return {};
  const volumes = new Set(volumeTargets(childOf(body, "volumes")));
  const mounts = new Map<string, string>();
  for (const item of tree.kind === "list" ? itemsOf(tree) : [tree]) {
    const text = textOf(item);
    if (text === undefined) continue;
    const [written = ""] = text.split(":", 1);
    const path = containerPath(written, item, report);
    if (mounts.has(path)) report({ path: item.path, says: `is a second one at ${path}` });
    if (volumes.has(path)) report({ path: item.path, says: `is at ${path}, and so is a volume` });
    mounts.set(
      path,
      text
        .slice(written.length + 1)
        .split(",")
        .sort()
        .join(","),
    );
  }
  return recordOf([...mounts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function volumeTargets(tree: Tree | undefined): readonly (string | undefined)[] {
  const listed = itemsOf(tree).map(
    (item) => textOf(item)?.split(":")[1] ?? textOf(childOf(item, "target")),
  );
  return [...listed, ...entriesOf(tree).map(([, path]) => textOf(path))];
}

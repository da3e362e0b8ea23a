import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import { entriesOf, type Tree, textOf } from "../yaml/tree.ts";
import { containerPath } from "./container-path.ts";
import { recordOf } from "./record-of.ts";

type Volumes = Readonly<Record<string, string | null>>;

export function canonicalVolumes(tree: Tree | undefined, report: Report): Volumes {
  const volumes = entriesOf(tree).map(([name, value]) => {
    checkName(name, value, report);
    return [name, pathOf(value, report)] as const;
  });
  return recordOf(volumes);
}

function checkName(name: string, { path }: Tree, report: Report): void {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/.test(name)) return;
  const says = `cannot be used: ${quoted(name)} is not the name of a volume`;
  report({ path, says, hint: "use letters, digits, dashes, dots and underscores, at most 63" });
}

function pathOf(tree: Tree, report: Report): string | null {
  const text = textOf(tree);
  if (text === undefined) return null;
  return containerPath(text, tree, report);
}

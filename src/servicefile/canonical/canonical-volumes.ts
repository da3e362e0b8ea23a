import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import { entriesOf, type Tree, textOf } from "../yaml/tree.ts";
import { recordOf } from "./record-of.ts";

type Volumes = Readonly<Record<string, string | null>>;

/** `/srv/redis/` and `/srv//redis` are `/srv/redis`. */
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
  const parts = text.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.length === 0 || parts.includes("..") || /[:\0]/.test(text)) {
    report({ path: tree.path, says: `cannot be mounted at ${quoted(text)}` });
  }
  return `/${parts.join("/")}`;
}

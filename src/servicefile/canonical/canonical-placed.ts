import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import type { PlacedEntry } from "../servicefile.ts";
import { childOf, entriesOf, itemsOf, type Tree, textOf } from "../yaml/tree.ts";
import { containerPath } from "./container-path.ts";

type Section = PlacedEntry["section"];

const DEFAULT_MODES = { Files: 0o644, Secrets: 0o400 } as const;

/** What `files` and `secrets` put into the container. */
export function canonicalPlaced(body: Tree, report: Report): readonly PlacedEntry[] {
  const files = entriesOf(childOf(body, "files")).map(([target, value]) =>
    placed(["Files", containerPath(target, value, report)], value, report),
  );
  const secrets = itemsOf(childOf(body, "secrets")).map((item) => {
    const target = childOf(item, "target");
    const path = target && containerPath(textOf(target) ?? "", target, report);
    return placed(["Secrets", path ?? `/run/secrets/${nameIn(item)}`], item, report);
  });
  const byTarget = new Map<string, PlacedEntry>();
  for (const entry of [...files, ...secrets]) {
    if (byTarget.has(entry.target)) {
      report({ path: entry.path, says: `is a second file at ${entry.target}` });
    }
    byTarget.set(entry.target, entry);
  }
  return [...byTarget.values()].sort((a, b) => (a.target < b.target ? -1 : 1));
}

function placed(
  [section, target]: readonly [Section, string],
  tree: Tree,
  report: Report,
): PlacedEntry {
  return {
    section,
    name: nameIn(tree),
    target,
    mode: modeOf(childOf(tree, "mode"), report) ?? DEFAULT_MODES[section],
    path: tree.path,
  };
}

function nameIn(tree: Tree): string {
  return textOf(tree) ?? textOf(childOf(tree, "name")) ?? "";
}

/** Octal, as everybody writes it: 0644, 644, or 0o644 as YAML 1.2 has it. */
function modeOf(tree: Tree | undefined, report: Report): number | undefined {
  const text = textOf(tree);
  if (tree === undefined || text === undefined) return undefined;
  const [, digits] = /^(?:0o?)?([0-7]{3})$/.exec(text) ?? [];
  if (digits !== undefined) return Number.parseInt(digits, 8);
  report({ path: tree.path, says: `must be a mode in octal, like 0644, and is ${quoted(text)}` });
  return undefined;
}

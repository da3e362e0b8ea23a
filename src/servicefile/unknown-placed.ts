import { nearest } from "./nearest.ts";
import type { Report } from "./problems/problem.ts";
import { quoted } from "./problems/show-value.ts";
import type { PlacedEntry, ServiceEntry } from "./servicefile.ts";
import { childOf, entriesOf, type Tree } from "./yaml/tree.ts";

/** Services can only place what the sections name. `tree` is the whole file, also with what is wrong in it. */
export function reportUnknownPlaced(
  services: readonly ServiceEntry[],
  tree: Tree,
  report: Report,
): void {
  const namesOf = (section: string) => entriesOf(childOf(tree, section)).map(([name]) => name);
  const known = { Files: namesOf("Files"), Secrets: namesOf("Secrets") };
  for (const entry of services.flatMap(({ files }) => files)) {
    const names = known[entry.section];
    if (!names.includes(entry.name)) reportUnknown(entry, names, report);
  }
}

function reportUnknown(
  { section, name, path }: PlacedEntry,
  known: readonly string[],
  report: Report,
): void {
  const near = nearest(name, known);
  const hint = near === undefined ? undefined : `did you mean "${near}"?`;
  report({ path, says: `names ${quoted(name)}, which the section ${section} does not have`, hint });
}

import { nearest } from "../nearest.ts";
import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import type { AllowSection, ServiceEntry } from "../servicefile.ts";
import { entriesOf, type Tree } from "../yaml/tree.ts";
import { capabilityIn } from "./capability.ts";
import { type NamePlace, namesIn } from "./names-in.ts";
import { recordOf } from "./record-of.ts";

const WORDS = ["privileged", "host-network", "devices"];

/** A list, or "a, b", is for every service; a map has the names or keys of services. */
export function canonicalAllow(
  tree: Tree | undefined,
  services: readonly ServiceEntry[],
  report: Report,
): AllowSection {
  const own = entriesOf(tree).flatMap(([name, value]) => {
    const service = services.find((found) => found.name === name || found.key === name);
    if (service) return [[service.name, grants(value, report)] as const];
    const near = nearest(
      name,
      services.map((known) => known.name),
    );
    const hint = near === undefined ? undefined : `did you mean "${near}"?`;
    report({ path: value.path, says: "is the name of no service of this file", hint });
    return [];
  });
  return { all: tree?.kind === "map" ? [] : grants(tree, report), services: recordOf(own) };
}

function grants(tree: Tree | undefined, report: Report): readonly string[] {
  const words = namesIn(tree).flatMap((place) => grant(place, report) ?? []);
  return [...new Set(words)].sort();
}

/** Capabilities are written in upper case, so that a misspelt word is not taken for one. */
function grant({ name, path }: NamePlace, report: Report): string | undefined {
  if (WORDS.includes(name) || /^\/[^:]+$/.test(name)) return name;
  if (/^[A-Z][A-Z_]+$/.test(name)) return capabilityIn(name);
  const near = nearest(name, WORDS);
  const says = `allows ${quoted(name)}, which is nothing that an image can ask for`;
  const known = "write privileged, host-network, devices, the path of a device, or a capability";
  report({ path, says, hint: near === undefined ? known : `did you mean "${near}"?` });
  return undefined;
}

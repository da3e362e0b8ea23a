import { nearest } from "../nearest.ts";
import type { Report } from "../problems/problem.ts";
import type { EnvSection, ServiceEntry } from "../servicefile.ts";
import { entriesOf, type Tree } from "../yaml/tree.ts";
import { canonicalEnv, envValue } from "./canonical-env.ts";
import { recordOf } from "./record-of.ts";

interface EnvOfFile {
  readonly env: EnvSection;
  readonly serviceEnv: Readonly<Record<string, EnvSection>>;
}

/** Scalars are for every service; a map is for the service whose name or key it has. */
export function canonicalEnvSection(
  tree: Tree | undefined,
  services: readonly ServiceEntry[],
  report: Report,
): EnvOfFile {
  const entries = entriesOf(tree);
  const shared = entries.filter(([, value]) => value.kind === "scalar");
  const own = entries.filter(([, value]) => value.kind === "map");
  return {
    env: recordOf(shared.map(([name, value]) => [name, envValue(name, value)])),
    serviceEnv: recordOf(
      own.flatMap(([name, value]) => {
        const service = services.find((found) => found.name === name || found.key === name);
        if (service) return [[service.name, canonicalEnv(value, report)] as const];
        reportUnknown(value, services, report);
        return [];
      }),
    ),
  };
}

const MOST_LISTED = 20;

function listed(names: readonly string[]): string {
  const more = names.length > MOST_LISTED ? " and more" : "";
  return `the services are ${names.slice(0, MOST_LISTED).join(", ")}${more}`;
}

function reportUnknown({ path }: Tree, services: readonly ServiceEntry[], report: Report): void {
  const names = services.map(({ name }) => name);
  const near = nearest(String(path.at(-1)), names);
  const hint = near === undefined ? listed(names) : `did you mean "${near}"?`;
  const says = "is a map, and no service has that name";
  report({ path, says, hint: names.length === 0 ? undefined : hint });
}

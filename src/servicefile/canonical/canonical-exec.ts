import { nearest } from "../nearest.ts";
import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import type { ExecEntry, ServiceEntry } from "../servicefile.ts";
import { childOf, entriesOf, type Tree, textOf } from "../yaml/tree.ts";
import { bootstrapEntry } from "./canonical-bootstrap.ts";
import { canonicalRequire } from "./canonical-require.ts";
import { recordOf } from "./record-of.ts";

type Execs = Readonly<Record<string, ExecEntry>>;

export function canonicalExec(
  tree: Tree | undefined,
  services: readonly ServiceEntry[],
  report: Report,
): Execs {
  return recordOf(
    entriesOf(tree).flatMap(([name, body]) => {
      const service = serviceOf(name, body, { services, report });
      return service === undefined ? [] : [[name, execEntry({ name, service, body }, report)]];
    }),
  );
}

interface Exec {
  readonly name: string;
  readonly service: string;
  readonly body: Tree;
}

function execEntry({ name, service, body }: Exec, report: Report): ExecEntry {
  const entry = bootstrapEntry(body, report);
  const require = childOf(body, "require");
  if (entry.command === undefined) report({ path: body.path, says: "must have the key cmd" });
  return {
    ...entry,
    name,
    service,
    require: require && canonicalRequire(require, report),
    path: body.path,
  };
}

interface Known {
  readonly services: readonly ServiceEntry[];
  readonly report: Report;
}

/** By its name or by its key; undefined where it is wrong, which is reported. */
function serviceOf(name: string, body: Tree, { services, report }: Known): string | undefined {
  const tree = childOf(body, "service");
  const wanted = textOf(tree);
  if (tree === undefined || wanted === undefined) return undefined;
  if (services.some((service) => service.name === name)) {
    const says = "has the name of a service";
    report({ path: body.path, says, hint: "give the one-shot another name" });
  }
  const found = services.find((service) => service.name === wanted || service.key === wanted);
  if (found !== undefined) return found.name;
  const near = nearest(
    wanted,
    services.map((service) => service.name),
  );
  const hint = near === undefined ? undefined : `did you mean "${near}"?`;
  report({ path: tree.path, says: `is ${quoted(wanted)}, which is no service of this file`, hint });
  return undefined;
}

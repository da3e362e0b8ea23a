import { isExec, isService } from "../canonical/is-service.ts";
import { nearest } from "../nearest.ts";
import type { Report } from "../problems/problem.ts";
import type { ReferenceEntry, ServiceEntry } from "../servicefile.ts";
import { childOf, entriesOf, type Tree } from "../yaml/tree.ts";

const ROOTS = ["axon", "port", "secret", "generate", "store", "service"];
const OF_A_SERVICE = ["port", "axon.service"];

interface Known {
  /** The whole file, also with what is wrong in it. */
  readonly tree: Tree;
  readonly services: readonly ServiceEntry[];
}

/** Names with a dot that nothing in the file can stand for. Ports and keys are known later. */
export function checkReferences(
  references: readonly ReferenceEntry[],
  known: Known,
  report: Report,
): void {
  for (const { name, path } of references) {
    if (!name.includes(".")) continue;
    const problem = faultOf(name, known) ?? placeFault(name, path);
    if (problem) report({ path, ...problem });
  }
}

interface Fault {
  readonly says: string;
  readonly hint?: string | undefined;
}

function faultOf(name: string, { tree, services }: Known): Fault | undefined {
  const [root = "", second = "", third] = name.split(".");
  const rest = name.slice(root.length + 1);
  const sectionNames = (section: string) => entriesOf(childOf(tree, section)).map(([key]) => key);
  if (root === "axon") return unless(["deployment", "service"], rest, `uses ${name}`);
  if (root === "secret") return unless(sectionNames("Secrets"), rest, `uses the secret ${rest}`);
  if (root === "generate") return unless(sectionNames("Generate"), rest, `uses ${name}`);
  if (root === "service") {
    const names = services.map((service) => service.name);
    // Whether another deployment has it is known later.
    const isElsewhere = second.includes(":");
    const unknown = isElsewhere ? undefined : unless(names, second, `uses the service ${second}`);
    return unknown ?? unless(["host", "port"], third ?? "", `uses ${name}`);
  }
  return unless(ROOTS, root, `uses ${name}`);
}

function unless(known: readonly string[], word: string, uses: string): Fault | undefined {
  if (known.includes(word)) return undefined;
  const near = nearest(word, known);
  const listed =
    known.length > 0 && known.length < 10 ? `it can be ${known.join(", ")}` : undefined;
  return {
    says: `${uses}, which is not there`,
    hint: near === undefined ? listed : `did you mean "${near}"?`,
  };
}

/** What only a service has cannot be used where no service is. Contents of files belong to those that place them. */
function placeFault(name: string, [top = ""]: ReferenceEntry["path"]): Fault | undefined {
  const isOfService = OF_A_SERVICE.some((own) => name === own || name.startsWith(`${own}.`));
  const hasService =
    isService(String(top)) || isExec(String(top)) || ["Env", "Files", "Vars"].includes(String(top));
  return isOfService && !hasService
    ? { says: `uses ${name}, which only a service has` }
    : undefined;
}

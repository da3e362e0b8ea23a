import type { Report } from "../problems/problem.ts";
import { childOf, entriesOf, isNull, type Tree, textOf } from "../yaml/tree.ts";
import { checkLabel } from "./dns-label.ts";
import { namesIn } from "./names-in.ts";
import { isPortNumber, portRange } from "./port-number.ts";
import { recordOf } from "./record-of.ts";

type PortEntry = number | "assign" | null;

/** `port: 80`, of a service that has only one. */
export function canonicalPort(
  body: Tree,
  report: Report,
): Readonly<Record<string, PortEntry>> | undefined {
  const port = childOf(body, "port");
  if (port === undefined || isNull(port)) return undefined;
  const ports = childOf(body, "ports");
  if (ports !== undefined) {
    const says = "is for a service with only one port, and ports is there, too";
    report({ path: port.path, says, hint: "write it down in ports, with a name" });
  }
  return recordOf([["default", portEntry(port, report)]]);
}

/** Names in a list are assigned; what compose would publish there is left to canonicalPublish. */
export function canonicalPorts(
  tree: Tree | undefined,
  report: Report,
): Readonly<Record<string, PortEntry>> {
  const named = namesIn(tree)
    .filter(({ name }) => !isPublishing(name))
    .filter(({ name, path }) => checkLabel(name, path, report))
    .map(({ name }) => [name, "assign"] as const);
  const numbered = entriesOf(tree).map(([name, value]) => {
    checkLabel(name, value.path, report);
    return [name, portEntry(value, report)] as const;
  });
  return recordOf<PortEntry>([...named, ...numbered]);
}

/** `8080:80` or `80/udp`: compose's words for a published port. */
export function isPublishing(name: string): boolean {
  return /[:/]/.test(name) || isPortNumber(name);
}

function portEntry(tree: Tree, report: Report): PortEntry {
  const text = textOf(tree);
  if (text === undefined) return null;
  return text === "assign" ? text : (portRange(text, tree.path, report) ?? null);
}

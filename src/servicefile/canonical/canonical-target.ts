import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import type { DomainTarget } from "../servicefile.ts";
import { type Tree, textOf } from "../yaml/tree.ts";
import { labelFault } from "./dns-label.ts";

/** `deployment[:service[:port]]` */
export function canonicalTarget(tree: Tree, report: Report): DomainTarget | undefined {
  const text = textOf(tree) ?? "";
  const parts = text.split(":");
  const [deployment = "", service, port] = parts;
  if (parts.length <= 3 && parts.every((part) => labelFault(part) === undefined)) {
    return { deployment, service, port };
  }
  const says = `must be deployment:service or deployment:service:port, and is ${quoted(text)}`;
  report({ path: tree.path, says, hint: "write names and numbers only, without http://" });
  return undefined;
}

import { type Text, textFor } from "../../secret.ts";
import type { Report } from "../problems/problem.ts";
import type { EnvSection } from "../servicefile.ts";
import { entriesOf, itemsOf, type Tree, textOf } from "../yaml/tree.ts";
import { recordOf } from "./record-of.ts";

/** From a map, or from a list of `NAME=value`. */
export function canonicalEnv(tree: Tree | undefined, report: Report): EnvSection {
  if (tree?.kind === "list") return envOfList(tree, report);
  return recordOf(entriesOf(tree).map(([name, value]) => [name, envValue(name, value)]));
}

export function envValue(name: string, value: Tree): Text | null {
  const text = textOf(value);
  return text === undefined ? null : textFor(name, text);
}

function envOfList(tree: Tree, report: Report): EnvSection {
  const env = new Map<string, Text>();
  for (const item of itemsOf(tree)) {
    const [, name = "", value] = /^([^=]*)(?:=([\s\S]*))?$/.exec(textOf(item) ?? "") ?? [];
    if (value === undefined) report(inherited(name, item));
    else if (env.has(name)) report({ path: item.path, says: `gives ${name} a second time` });
    else env.set(name, textFor(name, value));
  }
  return recordOf(env);
}

function inherited(name: string, { path }: Tree) {
  const says = `takes ${name} from the environment of whoever deploys, which is not supported yet`;
  return { path, says, hint: `write ${name}=value` };
}

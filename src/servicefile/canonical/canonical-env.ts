import { Secret, type Text, textFor } from "../../secret.ts";
import type { Report } from "../problems/problem.ts";
import type { EnvSection } from "../servicefile.ts";
import { entriesOf, itemsOf, type Tree, textOf } from "../yaml/tree.ts";
import { recordOf } from "./record-of.ts";
import { textIn } from "./text-in.ts";

/** From a map, or from a list of `NAME=value`. */
export function canonicalEnv(tree: Tree | undefined, report: Report): EnvSection {
  if (tree?.kind === "list") return envOfList(tree, report);
  return recordOf(entriesOf(tree).map(([name, value]) => [name, envValue(name, value)]));
}

export function envValue(name: string, value: Tree): Text | null {
  return textOf(value) === undefined ? null : textIn(name, value);
}

function envOfList(tree: Tree, report: Report): EnvSection {
  const env = new Map<string, Text>();
  for (const item of itemsOf(tree)) {
    const [, name = "", value] = /^([^=]*)(?:=([\s\S]*))?$/.exec(textOf(item) ?? "") ?? [];
    if (value === undefined) report(noValue(name, item));
    else if (env.has(name)) report({ path: item.path, says: `gives ${name} a second time` });
    else
      env.set(
        name,
        item.kind === "scalar" && item.isSecret ? new Secret(value) : textFor(name, value),
      );
  }
  return recordOf(env);
}

function noValue(name: string, { path }: Tree) {
  return { path, says: `gives ${name} no value`, hint: `write ${name}=value` };
}

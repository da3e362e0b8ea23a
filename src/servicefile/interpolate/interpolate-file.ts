import type { Report } from "../problems/problem.ts";
import { childOf, type MapTree, type Path, type Tree, textOf } from "../yaml/tree.ts";
import { type Interpolated, interpolateTree } from "./interpolate-tree.ts";
import { hasLateReference } from "./late-reference.ts";
import { type Value, type Variables, valueFrom } from "./variables.ts";
import { readVars } from "./vars-section.ts";

export interface DeploymentName {
  readonly name: string;
  /** Who says so, for readers: `-D`. */
  readonly origin: string;
}

export interface Outside {
  readonly variables: Variables;
  /** The name that counts in place of what the file declares. */
  deploymentName(declared: string | undefined): DeploymentName | undefined;
  lineOf(path: Path): number;
}

/** The file with every reference replaced that does not wait for images or the store. */
export function interpolateFile(tree: MapTree, outside: Outside, report: Report): Interpolated {
  const { lineOf } = outside;
  const section = childOf(tree, "Vars");
  const variable = (name: string) => valueFrom(outside.variables, name);
  // The deployment's name may come from Vars, and they may use it.
  const early = readVars(section, { lookup: variable, lineOf }, () => undefined).values;
  const deployment = deploymentOf(tree, {
    ...outside,
    lookup: (name) => variable(name) ?? early[name],
  });
  const given = (name: string) => (name === "axon.deployment" ? deployment : variable(name));
  const vars = readVars(section, { lookup: given, lineOf }, report);
  const { Vars, rest } = splitVars(tree);
  const lookup = (name: string) => given(name) ?? vars.values[name];
  const found = interpolateTree(rest, { lookup, lineOf }, report);
  return {
    tree: Vars ? withVars(found.tree, Vars) : found.tree,
    references: [...vars.references, ...found.references],
  };
}

interface Lookup extends Outside {
  lookup(name: string): Value | undefined;
}

/** Problems of `Deployment` are told when the whole file is looked at. */
function deploymentOf(tree: Tree, { lookup, lineOf, deploymentName }: Lookup): Value | undefined {
  const section = childOf(tree, "Deployment");
  const found = section && interpolateTree(section, { lookup, lineOf }, () => undefined).tree;
  const declared = textOf(found);
  const own = declared === undefined || hasLateReference(declared) ? undefined : declared;
  const { name = own, origin = "Deployment" } = deploymentName(own) ?? {};
  return name === undefined ? undefined : { text: name, isSecret: false, source: origin };
}

function splitVars(tree: MapTree): { readonly Vars: Tree | undefined; readonly rest: MapTree } {
  const entries = [...tree.entries].filter(([key]) => key !== "Vars");
  return { Vars: tree.entries.get("Vars"), rest: { ...tree, entries: new Map(entries) } };
}

function withVars(tree: Tree, Vars: Tree): Tree {
  return tree.kind === "map"
    ? { ...tree, entries: new Map([...tree.entries, ["Vars", Vars]]) }
    : tree;
}

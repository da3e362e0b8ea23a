import { parseEnvFile } from "../../../servicefile/env-file.ts";
import { type Variables, variablesFrom } from "../../../servicefile/interpolate/variables.ts";
import { childOf, entriesOf, itemsOf, type MapNode, type Node, textOf } from "../../node.ts";
import { directoryOf, joinedPath } from "../../paths.ts";
import type { SourceFile } from "../../source-file.ts";
import { withEntries, without } from "./as-map.ts";
import { type Loading, otherSource } from "./loading.ts";
import { mergeFiles } from "./merge.ts";

export interface Including extends Loading {
  load(files: readonly SourceFile[], variables: Variables, loading: Loading): MapNode | undefined;
}

const SHARED = ["services", "networks", "volumes", "configs", "secrets"];

/** What is included is there besides; its paths are seen from its own directory. */
export function withIncluded(
  content: MapNode,
  variables: Variables,
  loading: Including,
): MapNode | undefined {
  let whole: MapNode | undefined = without(content, "include");
  for (const entry of itemsOf(childOf(content, "include"))) {
    const included = loadIncluded(entry, variables, loading);
    if (included === undefined && loading.others.wanted.size > 0) whole = undefined;
    else if (included !== undefined && whole !== undefined) {
      tellConflicts(included, { content: whole, entry }, loading);
      whole = mergeFiles(onlyShared(included), whole);
    }
  }
  return whole;
}

function loadIncluded(entry: Node, outer: Variables, loading: Including): MapNode | undefined {
  const paths = itemsOf(entry.kind === "map" ? childOf(entry, "path") : entry)
    .map((item) => textOf(item) ?? "")
    .map((path) => joinedPath(entry.directory, path));
  const [first = ""] = paths;
  if (loading.trail.includes(first)) {
    const circle = [...loading.trail.slice(loading.trail.indexOf(first)), first];
    const says = `these include each other: ${circle.map((path) => loading.others.shown(path)).join(" -> ")}`;
    loading.findings.fail({ subject: "", says }, entry);
    return undefined;
  }
  const given = textOf(childOf(entry, "project_directory"));
  const directory = given === undefined ? directoryOf(first) : joinedPath(entry.directory, given);
  const variables = variablesIn(entry, { directory, outer }, loading);
  const sources = paths.flatMap((path) => {
    const source = otherSource(path, entry, loading);
    return source ? [{ ...source, directory }] : [];
  });
  if (sources.length < paths.length || variables === undefined) return undefined;
  return loading.load(sources, variables, { ...loading, trail: [...loading.trail, first] });
}

/** The .env of the included file, or those that it is given, are weaker than what is set outside. */
function variablesIn(
  entry: Node,
  { directory, outer }: { readonly directory: string; readonly outer: Variables },
  loading: Loading,
): Variables | undefined {
  const given = itemsOf(childOf(entry, "env_file")).map((item) =>
    joinedPath(entry.directory, textOf(item) ?? ""),
  );
  const usual = joinedPath(directory, ".env");
  const texts = (given.length > 0 ? given : [usual]).map((path) => loading.others.read(path));
  if (texts.includes(undefined)) return undefined;
  const values = texts.flatMap((text) => parseEnvFile(text ?? "").entries);
  const inner = variablesFrom([{ source: usual, values: Object.fromEntries(values) }]);
  const isRead = given.length === 0 && directory === "";
  return (name) => {
    const found = outer(name);
    const own = found === undefined ? inner(name) : undefined;
    if (own && !isRead) remember(name, own.value, { entry, loading });
    return found ?? own;
  };
}

/** A Servicefile has Vars for all of it. */
function remember(
  name: string,
  value: string,
  { entry, loading }: { readonly entry: Node; readonly loading: Loading },
): void {
  const before = loading.vars.get(name);
  if (before === undefined) loading.vars.set(name, value);
  else if (before !== value) {
    const says = "has different values in files that are included, and one in Vars";
    loading.findings.change(`\${${name}}`, entry, says);
  }
}

function onlyShared(content: MapNode): MapNode {
  return withEntries(
    content,
    entriesOf(content).filter(([key]) => SHARED.includes(key)),
  );
}

function tellConflicts(
  included: MapNode,
  { content, entry }: { readonly content: MapNode; readonly entry: Node },
  { findings }: Loading,
): void {
  for (const section of SHARED) {
    for (const [name, node] of entriesOf(childOf(included, section))) {
      const other = childOf(childOf(content, section), name);
      if (other === undefined || sameText(node, other)) continue;
      const says = `is there twice: in ${node.at.file}, which is included, and in ${other.at.file}`;
      findings.fail({ subject: `${section}.${name}`, says }, entry);
    }
  }
}

function sameText(one: Node, other: Node): boolean {
  return JSON.stringify(shape(one)) === JSON.stringify(shape(other));
}

function shape(node: Node): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(shape);
  return entriesOf(node).map(([key, value]) => [key, shape(value)]);
}

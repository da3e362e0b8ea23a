import { AxonError, type SourcePosition, throwAll } from "../errors.ts";
import { buildTree } from "../servicefile/yaml/build-tree.ts";
import { readYaml, type YamlFile } from "../servicefile/yaml/read-yaml.ts";
import type { ScalarTree, Tree } from "../servicefile/yaml/tree.ts";
import type { MapNode, Node, ScalarNode } from "./node.ts";
import type { SourceFile } from "./source-file.ts";

const LONGEST = 1_000_000;

export interface ReadAs {
  /** What the file should be, for readers: `a Compose file`. */
  readonly expected: string;
  readonly tags?: readonly string[];
  scalar(tree: ScalarTree, at: SourcePosition): Pick<ScalarNode, "value" | "text" | "written">;
}

/** Throws what keeps the text from being a map of anything. */
export function readSource(source: SourceFile, as: ReadAs): MapNode {
  const at = { file: source.file, line: 1, column: 1 };
  const { length } = source.text;
  if (length > LONGEST) throw invalid(`the file has more than ${LONGEST} characters`, { at });
  const yaml = readYaml(source, as.tags);
  throwSyntax(yaml.errors);
  const { tree, errors } = buildTree(yaml);
  throwSyntax(errors);
  const node = tree && toNode(tree, { ...as, yaml, directory: source.directory });
  if (node?.kind === "map" && node.entries.size > 0) return node;
  throw invalid(`${source.file} is not ${as.expected}`, { at });
}

interface Reading extends ReadAs {
  readonly yaml: YamlFile;
  readonly directory: string;
}

function toNode(tree: Tree, reading: Reading): Node {
  const { yaml, directory, scalar } = reading;
  const place = { at: yaml.positionAt(tree.at), directory, tag: tree.tag };
  if (tree.kind === "scalar") return { kind: "scalar", ...place, ...scalar(tree, place.at) };
  if (tree.kind === "list") {
    return { kind: "list", ...place, items: tree.items.map((item) => toNode(item, reading)) };
  }
  const entries = [...tree.entries].map(([key, value]) => [key, toNode(value, reading)] as const);
  return { kind: "map", ...place, entries: new Map(entries) };
}

function throwSyntax(errors: readonly AxonError[]): void {
  throwAll(errors.map(({ message, hint, at }) => invalid(message, { hint, at })));
}

function invalid(
  message: string,
  options: { hint?: string | undefined; at?: SourcePosition | undefined },
) {
  return new AxonError("IMPORT_INVALID", message, options);
}

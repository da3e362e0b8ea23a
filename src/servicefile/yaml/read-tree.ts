import { AxonError, type SourcePosition, throwAll } from "../../errors.ts";
import { buildTree } from "./build-tree.ts";
import { withoutMark } from "./byte-order-mark.ts";
import { readYaml, type YamlFile } from "./read-yaml.ts";
import { entriesOf, isNull, type MapTree, type Tree } from "./tree.ts";

const LONGEST = 1_000_000;

interface TreeOfFile {
  readonly tree: MapTree;
  positionAt(offset: number): SourcePosition;
}

interface TextOfFile {
  readonly file: string;
  readonly text: string;
  /** In characters. */
  readonly longest?: number;
}

/** Throws what keeps the text from being a map of anything. */
export function readTree({ file, text, longest = LONGEST }: TextOfFile): TreeOfFile {
  const start = { file, line: 1, column: 1 };
  if (text.length > longest) {
    const message = `the file has more than ${longest} characters`;
    throw new AxonError("SERVICEFILE_SYNTAX", message, { at: start });
  }
  return treeOf(readYaml({ file, text: withoutMark(text) }));
}

function treeOf(yaml: YamlFile): TreeOfFile {
  throwAll(yaml.errors);
  const { tree, errors } = buildTree(yaml);
  throwAll(errors);
  if (tree === undefined || isEmpty(tree)) throw nothing(yaml);
  if (tree.kind !== "map") throw notMap(tree, yaml);
  return { tree, positionAt: yaml.positionAt };
}

function isEmpty(tree: Tree): boolean {
  return isNull(tree) || (tree.kind === "map" && entriesOf(tree).length === 0);
}

function nothing({ positionAt }: YamlFile): AxonError {
  const hint = "name a service and its image, like redis: {image: redis:7}";
  return new AxonError("SERVICEFILE_INVALID", "there is nothing in it", {
    hint,
    at: positionAt(0),
  });
}

function notMap(tree: Tree, { positionAt }: YamlFile): AxonError {
  const found = tree.kind === "list" ? "a list" : "text";
  const hint = "name a service and its image, like redis: {image: redis:7}";
  const message = `the file must be a map of services and sections, and is ${found}`;
  return new AxonError("SERVICEFILE_INVALID", message, { hint, at: positionAt(tree.at) });
}

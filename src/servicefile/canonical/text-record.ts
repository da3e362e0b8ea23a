import type { Report } from "../problems/problem.ts";
import { entriesOf, itemsOf, type Path, type Tree, textOf } from "../yaml/tree.ts";
import { recordOf } from "./record-of.ts";

export interface NamedText {
  readonly name: string;
  readonly value: string;
  readonly path: Path;
}

/** Of a map, or of a list of `name=value`. Without a value it is empty. */
export function namedTexts(tree: Tree | undefined): readonly NamedText[] {
  const listed = itemsOf(tree).map((item) => {
    const text = textOf(item) ?? "";
    const [name = ""] = text.split("=", 1);
    return { name, value: text.slice(name.length + 1), path: item.path };
  });
  const mapped = entriesOf(tree).map(([name, value]) => ({
    name,
    value: textOf(value) ?? "",
    path: value.path,
  }));
  return [...listed, ...mapped];
}

export function textRecord(
  tree: Tree | undefined,
  report: Report,
): Readonly<Record<string, string>> {
  const texts = new Map<string, string>();
  for (const { name, value, path } of namedTexts(tree)) {
    if (texts.has(name)) report({ path, says: `gives ${name} a second time` });
    texts.set(name, value);
  }
  return recordOf([...texts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

import { Document, isCollection, isMap, isScalar, visit, type YAMLMap, type YAMLSeq } from "yaml";
import type { Out, OutMap } from "./out.ts";

const WIDTH = 80;
/** A reader wants each of these on a line of its own. */
const LISTED = new Set(["env", "labels", "volumes", "publish", "files"]);

/** The text of a Servicefile: what is short on one line, an empty line between services. */
export function writeServicefile(content: OutMap): string {
  // Other readers of YAML take a bare `no` for false.
  const document = new Document(content, { compat: "yaml-1.1" });
  document.contents = document.createNode(content);
  arrange(document.contents, { content, indent: 0 });
  visit(document, {
    Scalar: (_, node) => {
      // Such as 80:22, which other readers take for a number to the base of 60.
      if (typeof node.value === "string" && /^[\d.:]*:[\d.:]*$/.test(node.value))
        node.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString({ lineWidth: 0, nullStr: "", flowCollectionPadding: false });
}

interface Level {
  readonly content: OutMap;
  readonly indent: number;
}

function arrange(node: unknown, level: Level): void {
  if (!isMap(node)) return;
  node.items.forEach((pair, index) => {
    if (!isScalar(pair.key)) return;
    if (level.indent === 0 && index > 0) pair.key.spaceBefore = true;
    if (isCollection(pair.value)) arrangeBelow(String(pair.key.value), pair.value, level);
  });
}

function arrangeBelow(key: string, node: YAMLMap | YAMLSeq, { content, indent }: Level): void {
  const value = content.get(key);
  if (value === undefined) return;
  if (indent > 0 && isShort(key, value, indent)) node.flow = true;
  else if (value instanceof Map) arrange(node, { content: value, indent: indent + 2 });
  else if (Array.isArray(value)) shortenItems(node, value, indent);
}

function shortenItems(node: YAMLMap | YAMLSeq, values: readonly Out[], indent: number): void {
  node.items.forEach((item, index) => {
    const value = values[index];
    if (isCollection(item) && value !== undefined && isShort("", value, indent)) item.flow = true;
  });
}

function isShort(key: string, value: Out, indent: number): boolean {
  const text = JSON.stringify(plain(value));
  const isListed = LISTED.has(key) && sizeOf(value) > 1;
  return !isListed && !text.includes("\\n") && indent + key.length + text.length < WIDTH;
}

function sizeOf(value: Out): number {
  if (value instanceof Map) return value.size;
  return Array.isArray(value) ? value.length : 1;
}

function plain(value: Out): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([k, v]) => [k, plain(v)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

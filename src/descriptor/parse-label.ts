import { type Document, type ParseOptions, parseDocument, type SchemaOptions } from "yaml";

/**
 * One place in a label, read twice: `value` with YAML's types, `text` with every scalar exactly as it was
 * written, so that `1.10` and `no` stay what they are where a text is wanted.
 */
export interface LabelNode {
  readonly value: unknown;
  readonly text: unknown;
}

const OPTIONS: ParseOptions & SchemaOptions = { uniqueKeys: true, stringKeys: true };

export type Parsed = { readonly root: LabelNode } | { readonly problem: string };

export function parseLabel(text: string): Parsed {
  try {
    const value = toData(parseDocument(text, { ...OPTIONS, prettyErrors: false }));
    const asText = toData(
      parseDocument(text, { ...OPTIONS, schema: "failsafe", prettyErrors: false }),
    );
    return { root: { value, text: asText } };
  } catch (problem) {
    return { problem: reasonOf(problem) };
  }
}

/** What is below a key; both sides undefined where there is nothing. */
export function child(node: LabelNode, key: string): LabelNode {
  return { value: own(node.value, key), text: own(node.text, key) };
}

/** What is below each key of a map, by key; empty where there is none. */
export function children(node: LabelNode): [string, LabelNode][] {
  if (!isMap(node.value)) return [];
  return Object.keys(node.value).map((key) => [key, child(node, key)]);
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toData(document: Document.Parsed): unknown {
  const [problem] = document.errors;
  if (problem) throw problem;
  return document.toJS({ maxAliasCount: 100 });
}

function own(value: unknown, key: string): unknown {
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function reasonOf(problem: unknown): string {
  const message = problem instanceof Error ? problem.message : String(problem);
  if (message.includes("alias count")) return "refers to its own anchors too often";
  if (message.includes("multiple documents")) return "holds more than one YAML document";
  if (message.includes("call stack")) return "is nested too deeply";
  return `is not valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

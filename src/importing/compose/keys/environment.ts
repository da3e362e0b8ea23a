import { entriesOf, isNull, itemsOf, type Node, type ScalarNode } from "../../node.ts";
import { mapOf, type Out } from "../../out.ts";
import { goText } from "../go-text.ts";
import type { Convert } from "../service-context.ts";

/** A map, or a list of `NAME=value`. A name alone has the value of now's environment. */
export const environment: Convert = (node, context) => {
  const entries = pairsOf(node).flatMap(([name, value]): readonly [string, Out][] => {
    if (value !== undefined) return [[name, textOut(value)]];
    if (context.variables(name)) return [[name, `\${${name}}`]];
    const subject = `${context.name}.environment.${name}`;
    context.findings.drop(subject, node, `has no value, and ${name} is not set now`);
    return [];
  });
  return entries.length > 0 ? [["env", mapOf(entries)]] : [];
};

export const labels: Convert = (node) => {
  const entries = pairsOf(node).map(
    ([name, value]) => [name, value ? textOut(value) : ""] as const,
  );
  return entries.length > 0 ? [["labels", mapOf(entries)]] : [];
};

export const sysctls: Convert = (node) => {
  const entries = pairsOf(node).flatMap(([name, value]) =>
    value ? [[name, textOut(value)] as const] : [],
  );
  return entries.length > 0 ? [["sysctls", mapOf(entries)]] : [];
};

type NamedScalar = readonly [name: string, value: ScalarNode | undefined];

/** undefined: the name stands alone. */
function pairsOf(node: Node): readonly NamedScalar[] {
  if (node.kind !== "map") return itemsOf(node).flatMap(pairOf);
  return entriesOf(node).map(([name, value]) => [
    name,
    value.kind === "scalar" && !isNull(value) ? value : undefined,
  ]);
}

function pairOf(item: Node): readonly NamedScalar[] {
  if (item.kind !== "scalar" || isNull(item)) return [];
  const at = item.written.indexOf("=");
  if (at === -1) return [[item.text, undefined]];
  const text = item.text.slice(item.text.indexOf("=") + 1);
  return [
    [
      item.written.slice(0, at),
      { ...item, value: text, text, written: item.written.slice(at + 1) },
    ],
  ];
}

/** As text: a number stays one where Compose makes the same text of it. */
export function textOut(node: ScalarNode): Out {
  if (typeof node.value === "string") return node.written;
  const text = goText(node);
  return text === String(node.value) && text === node.text ? (node.value ?? "") : text;
}

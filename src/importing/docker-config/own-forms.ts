import { namespace } from "../compose/keys/namespace.ts";
import { volumes } from "../compose/keys/volumes.ts";
import type { Convert, Entries } from "../compose/service-context.ts";
import { childOf, isNull, itemsOf, type Node, scalarOf, textOf } from "../node.ts";
import { kept, literal, mapOf, type Out } from "../out.ts";

/** Text is split at spaces, and quotes are part of the words, as Paunch does it. */
export function words(key: string): Convert {
  return (node) => {
    const text = textOf(node);
    const all =
      text === undefined ? itemsOf(node).map(kept) : text.split(/\s+/).filter(Boolean).map(literal);
    return all.length > 0 ? [[key, all]] : [];
  };
}

/** One, or a list of them. */
export function listed(key: string): Convert {
  return (node) => (isNull(node) ? [] : [[key, itemsOf(node).map(kept)]]);
}

/** The engine's default bridge has no names, and the deployment's own network has: it is as good. */
export const network: Convert = (node, context) =>
  textOf(node) === "bridge" || textOf(node) === "default"
    ? []
    : namespace("network_mode")(node, context);

/** Paunch says none for what an engine calls no. */
export const restart: Convert = (node) => [
  ["restart", textOf(node) === "none" ? "no" : kept(node)],
];

/** `nofile=1024:4096`, or a single number for both. */
export const ulimits: Convert = (node) => {
  const limits = itemsOf(node).flatMap((item): readonly (readonly [string, Out])[] => {
    const [, name, soft, hard] = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/.exec(textOf(item) ?? "") ?? [];
    if (name === undefined) return [[textOf(item) ?? "", kept(item)]];
    if (hard === undefined) return [[name, Number(soft)]];
    return [
      [
        name,
        mapOf([
          ["soft", Number(soft)],
          ["hard", Number(hard)],
        ]),
      ],
    ];
  });
  return limits.length > 0 ? [["ulimits", mapOf(limits)]] : [];
};

/** The volumes of another container are named again. */
export const volumesFrom: Convert = (node, context) =>
  itemsOf(node).flatMap((item): Entries => {
    const [name = "", mode] = (textOf(item) ?? "").split(":");
    const other = childOf(context.project.content, name);
    if (other === undefined) {
      context.findings.drop(`${context.name}.volumes_from`, item, `${name} is not in the file`);
      return [];
    }
    const theirs = childOf(other, "volumes");
    if (theirs === undefined || isNull(theirs)) return [];
    const items = itemsOf(theirs).map((one) => (mode === "ro" ? readOnly(one) : one));
    return volumes({ kind: "list", at: item.at, directory: item.directory, items }, context);
  });

function readOnly(item: Node): Node {
  const scalar = scalarOf(item);
  if (scalar === undefined) return item;
  const [source = "", target = "", modes = ""] = scalar.text.split(":");
  const options = modes.split(",").filter((mode) => !["", "rw", "ro"].includes(mode));
  const text = [source, target, ["ro", ...options].join(",")].join(":");
  return { ...scalar, value: text, text, written: literal(text) };
}

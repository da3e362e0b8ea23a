import type { Convert } from "../compose/service-context.ts";
import { itemsOf, textOf } from "../node.ts";
import { kept, literal, mapOf } from "../out.ts";

export const logDriver: Convert = (node) => [["logging", mapOf([["driver", kept(node)]])]];

/** `max-size=10m`, one or several. */
export const logOptions: Convert = (node) => {
  const options = itemsOf(node).map((item) => {
    const [name = "", ...value] = (textOf(item) ?? "").split("=");
    return [name, literal(value.join("="))] as const;
  });
  return [["logging", mapOf([["options", mapOf(options)]])]];
};

export const logTag: Convert = (node) => [
  ["logging", mapOf([["options", mapOf([["tag", kept(node)]])]])],
];

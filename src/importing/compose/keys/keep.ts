import { isNull } from "../../node.ts";
import { kept } from "../../out.ts";
import type { Convert } from "../service-context.ts";

/** A key that the Servicefile has, too, with the same meaning. */
export function keep(key: string): Convert {
  return (node) => (isNull(node) ? [] : [[key, kept(node)]]);
}

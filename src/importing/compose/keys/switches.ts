import { textOf } from "../../node.ts";
import { kept } from "../../out.ts";
import type { Convert } from "../service-context.ts";

const ON = /^(true|yes|y|on|1)$/i;
const OFF = /^(false|no|n|off|0)$/i;

/** Compose takes `yes` and `on` for true; the Servicefile is YAML 1.2. */
export function onOrOff(key: string): Convert {
  return (node) => {
    const text = textOf(node) ?? "";
    if (ON.test(text)) return [[key, true]];
    return OFF.test(text) ? [] : [[key, kept(node)]];
  };
}

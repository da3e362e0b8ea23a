import type { ScalarNode } from "../node.ts";

/** A mode as it is written in octal. Compose reads 0444 as octal, and 292 as what it is. */
export function octal({ value, text, written }: ScalarNode): string {
  if (typeof value !== "number") return written;
  const digits = /^0o?[0-7]+$/.test(text) ? text.replace(/^0o?/, "") : Number(text).toString(8);
  return digits.padStart(4, "0");
}

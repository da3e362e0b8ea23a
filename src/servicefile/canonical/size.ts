import { type Tree, textOf } from "../yaml/tree.ts";

const UNITS = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const;

/** `512m` in bytes; a bare number is bytes. undefined: not given. */
export function bytesOf(tree: Tree | undefined): number | undefined {
  const text = textOf(tree);
  if (text === undefined) return undefined;
  const [, number = "", unit = "b"] = /^([0-9.]+)([bkmg])?b?$/.exec(text.toLowerCase()) ?? [];
  return Math.round(Number(number) * UNITS[unit as keyof typeof UNITS]);
}

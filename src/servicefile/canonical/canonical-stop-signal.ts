import { type Tree, textOf } from "../yaml/tree.ts";

/** `term` is SIGTERM; a number stays one. */
export function canonicalStopSignal(tree: Tree | undefined): string | undefined {
  const name = textOf(tree)?.toUpperCase();
  if (name === undefined || /^(SIG|[0-9])/.test(name)) return name;
  return `SIG${name}`;
}

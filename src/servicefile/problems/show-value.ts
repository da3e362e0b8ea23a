import { looksSecret } from "../../secret.ts";
import type { Tree } from "../yaml/tree.ts";

const LONGEST = 40;
const NEVER_SHOWN = new Set<string | number>(["Env", "env", "environment", "auth", "content"]);

/** `, and is "four"`: the wrong value, or nothing where it must not be seen. */
export function andIs(tree: Tree | undefined): string {
  if (tree === undefined) return "";
  if (tree.kind !== "scalar") return `, and is ${collection(tree)}`;
  if (tree.value === null) return ", and is empty";
  const hidden =
    tree.isSecret || tree.path.some((part) => NEVER_SHOWN.has(part) || looksSecret(String(part)));
  if (hidden) return "";
  return `, and is ${typeof tree.value === "string" ? quoted(tree.text) : tree.text}`;
}

/** In quotes, on one line, and not too long. */
export function quoted(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
  return JSON.stringify(cut);
}

function collection(tree: Exclude<Tree, { kind: "scalar" }>): string {
  if (tree.kind === "list") return tree.items.length === 0 ? "an empty list" : "a list";
  return tree.entries.size === 0 ? "an empty map" : "a map";
}

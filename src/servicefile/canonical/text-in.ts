import { Secret, type Text, textFor } from "../../secret.ts";
import { type Tree, textOf } from "../yaml/tree.ts";

/** What stands at a name. A secret in it, or a name that looks like one, makes all of it a secret. */
export function textIn(name: string, tree: Tree): Text {
  const text = textOf(tree) ?? "";
  return tree.kind === "scalar" && tree.isSecret ? new Secret(text) : textFor(name, text);
}

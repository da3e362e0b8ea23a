import type { RestartPolicy } from "../../model.ts";
import { type Tree, textOf } from "../yaml/tree.ts";

/** `no` may have become false on its way here. */
export function canonicalRestart(tree: Tree | undefined): RestartPolicy | undefined {
  if (tree?.kind !== "scalar") return undefined;
  if (tree.value === false) return { name: "no", maximumRetries: 0 };
  const [name, retries = "0"] = (textOf(tree) ?? "").split(":");
  return { name: name as RestartPolicy["name"], maximumRetries: Number(retries) };
}

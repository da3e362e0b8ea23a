import type { Report } from "../problems/problem.ts";
import { itemsOf, type Tree, textOf } from "../yaml/tree.ts";

/** What `seccomp` can be set to without a file, whose content the engine would want. */
const SECCOMP = /^seccomp[:=](?!unconfined$|builtin$|\{)/;

export function canonicalSecurityOpt(tree: Tree | undefined, report: Report): readonly string[] {
  for (const item of itemsOf(tree)) {
    if (!SECCOMP.test(textOf(item) ?? "")) continue;
    const hint = "write seccomp=unconfined, or the profile itself: seccomp={...}";
    report({ path: item.path, says: "names a file, which is not supported", hint });
  }
  const options = itemsOf(tree).map((item) => spelledAnew(textOf(item) ?? ""));
  return [...new Set(options)].sort();
}

/** `label:disable` is the old way to write `label=disable`. */
function spelledAnew(option: string): string {
  if (option === "no-new-privileges") return "no-new-privileges=true";
  return option.replace(/^([a-z-]+):/, "$1=");
}

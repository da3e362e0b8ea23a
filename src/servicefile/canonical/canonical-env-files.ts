import type { Report } from "../problems/problem.ts";
import type { FileNeed } from "../servicefile.ts";
import type { Tree } from "../yaml/tree.ts";
import { inputPath } from "./input-path.ts";

export function canonicalEnvFiles(tree: Tree | undefined, report: Report): readonly FileNeed[] {
  if (tree === undefined) return [];
  const written = tree.kind === "list" ? tree.items : [tree];
  return written.flatMap((item) => {
    const file = inputPath(item, report);
    return file === undefined ? [] : [{ file, path: item.path }];
  });
}

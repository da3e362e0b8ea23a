import { OUTSIDE_HINT, pathFrom } from "../path-from.ts";
import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import { type Tree, textOf } from "../yaml/tree.ts";

/** `./conf/../a.env` is `a.env`. A file that is not the template's own could be anybody's. */
export function inputPath(tree: Tree | undefined, report: Report): string | undefined {
  const text = textOf(tree);
  if (tree === undefined || text === undefined) return undefined;
  const { path, isOutside } = pathFrom(tree.file, text);
  if (path === "") {
    const says = `is ${quoted(text)}, which is not the path of a file`;
    report({ path: tree.path, says, hint: "write a path that is relative to the Servicefile" });
    return undefined;
  }
  if (isOutside) {
    const says = `is ${quoted(text)}, which is outside of the directory of the Servicefile`;
    report({ path: tree.path, says, hint: OUTSIDE_HINT, isOutside });
  }
  return path;
}

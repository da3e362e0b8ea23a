import type { Report } from "../problems/problem.ts";
import { childOf, type Tree } from "../yaml/tree.ts";

/** A key with two spellings. Both at once would leave open which one counts. */
export function eitherOf(
  body: Tree,
  [key, other]: readonly [string, string],
  report: Report,
): Tree | undefined {
  const tree = childOf(body, key);
  const same = childOf(body, other);
  if (tree && same) {
    const says = `means the same as ${key}, and both are there`;
    report({ path: same.path, says, hint: `keep ${key} and remove ${other}` });
  }
  return tree ?? same;
}

import type { Report } from "../problems/problem.ts";
import { childOf, nameOf, type Tree } from "../yaml/tree.ts";

/** A key with two spellings. */
export function eitherOf(
  body: Tree,
  [key, other]: readonly [string, string],
  report: Report,
): Tree | undefined {
  return onlyOne([childOf(body, key), childOf(body, other)], report);
}

/** The one of several spellings that is there. More of them would leave open which one counts. */
export function onlyOne(
  spellings: readonly (Tree | undefined)[],
  report: Report,
): Tree | undefined {
  const [first, ...others] = spellings.filter((tree) => tree !== undefined);
  if (first === undefined) return undefined;
  for (const same of others) {
    const [key, other] = [first, same].map(({ path }) => nameOf(path.slice(common(first, same))));
    const says = `means the same as ${key}, and both are there`;
    report({ path: same.path, says, hint: `keep ${key} and remove ${other}` });
  }
  return first;
}

/** How many keys lead to both. */
function common(a: Tree, b: Tree): number {
  return a.path.findIndex((part, index) => part !== b.path[index]);
}

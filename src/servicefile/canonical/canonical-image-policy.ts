import type { Report } from "../problems/problem.ts";
import type { ServiceEntry } from "../servicefile.ts";
import { childOf, type Tree, textOf } from "../yaml/tree.ts";

type Policy = Pick<ServiceEntry, "platform" | "pullPolicy">;

/** For which kind of machine its image is, and when it is fetched. */
export function canonicalImagePolicy(body: Tree, report: Report): Policy {
  return {
    platform: textOf(childOf(body, "platform"))?.toLowerCase(),
    pullPolicy: pullPolicy(childOf(body, "pull_policy"), report),
  };
}

function pullPolicy(tree: Tree | undefined, report: Report): ServiceEntry["pullPolicy"] {
  const text = textOf(tree);
  if (tree === undefined || text === undefined) return undefined;
  if (text === "always" || text === "never") return text;
  if (text === "missing" || text === "if_not_present") return "missing";
  const says = `cannot be ${text}: Axon makes no images`;
  report({ path: tree.path, says, hint: "build the image first, and name it with image" });
  return undefined;
}

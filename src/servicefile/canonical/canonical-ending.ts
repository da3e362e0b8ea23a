import type { Report } from "../problems/problem.ts";
import type { ServiceEntry } from "../servicefile.ts";
import { childOf, type Tree } from "../yaml/tree.ts";
import { exitCodes } from "./canonical-bootstrap.ts";
import { positiveSeconds } from "./duration.ts";

type Ending = Pick<ServiceEntry, "acceptedExitCodes" | "timeout">;

/** How a service that is a one-shot may end. */
export function canonicalEnding(body: Tree, report: Report): Ending {
  const detach = childOf(body, "detach");
  const isOneShot = detach?.kind === "scalar" && detach.value === false;
  for (const key of isOneShot ? [] : ["exit_codes", "timeout"]) {
    const given = childOf(body, key);
    const hint = "add detach: false, if it is one";
    if (given) report({ path: given.path, says: "can only be said of a one-shot", hint });
  }
  return {
    acceptedExitCodes: exitCodes(childOf(body, "exit_codes")),
    timeout: positiveSeconds(childOf(body, "timeout"), report),
  };
}

import type { Findings } from "../findings.ts";
import { childOf, entriesOf, itemsOf, type Node, textOf } from "../node.ts";

/** The services that are asked for: those without a profile, and those of an active one. */
export function activeServices(
  services: Node | undefined,
  active: readonly string[],
  findings: Findings,
): readonly string[] {
  return entriesOf(services).flatMap(([name, body]) => {
    const profiles = itemsOf(childOf(body, "profiles")).map((item) => textOf(item) ?? "");
    const isActive = profiles.some((profile) => active.includes(profile) || active.includes("*"));
    if (profiles.length === 0 || isActive) return [name];
    const says = `is only in ${profiles.join(", ")}: ask for it with --profile`;
    findings.drop(name, childOf(body, "profiles") ?? body, says);
    return [];
  });
}

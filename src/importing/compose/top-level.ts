import { nearest } from "../../servicefile/nearest.ts";
import type { Findings } from "../findings.ts";
import { childOf, entriesOf, type MapNode, type Node } from "../node.ts";

const KNOWN = ["name", "services", "networks", "volumes", "configs", "secrets"];

const UNSUPPORTED: Readonly<Record<string, string>> = {
  version: "Compose does not look at it either",
  models: "Axon runs no models",
};

const HINT = "a Compose file has its services below the key services";

export function checkTopLevel(content: MapNode, findings: Findings): void {
  for (const [key, node] of entriesOf(content)) {
    const isKnown = KNOWN.includes(key) || key.startsWith("x-");
    if (!isKnown) tellUnknown([key, node], findings);
  }
  const services = childOf(content, "services");
  if (services?.kind === "map" && services.entries.size > 0) return;
  findings.fail({ subject: "", says: "the file has no services", hint: HINT }, content);
}

function tellUnknown([key, node]: readonly [string, Node], findings: Findings): void {
  const why = Object.hasOwn(UNSUPPORTED, key) ? UNSUPPORTED[key] : undefined;
  const near = nearest(key, [...KNOWN, "include"]);
  const hint = near ? `did you mean "${near}"?` : HINT;
  if (why !== undefined) findings.drop(key, node, why);
  else findings.fail({ subject: key, says: "is not a key of a Compose file", hint }, node);
}

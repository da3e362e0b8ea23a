import type { Report } from "../problems/problem.ts";
import type { ServiceEntry } from "../servicefile.ts";
import { entriesOf, type Tree } from "../yaml/tree.ts";
import { canonicalService } from "./canonical-service.ts";
import { isService } from "./is-service.ts";
import { recordOf } from "./record-of.ts";

type Services = Readonly<Record<string, ServiceEntry>>;

/** `lineOf` tells where a key stands, so that the second of two equal names can point at the first. */
export function canonicalServices(
  tree: Tree,
  report: Report,
  lineOf: (key: string) => number,
): Services {
  const services = new Map<string, ServiceEntry>();
  for (const [key, body] of entriesOf(tree).filter(([name]) => isService(name))) {
    const service = canonicalService(key, body, report);
    const first = services.get(service.name);
    if (first) {
      const says = `is the service "${service.name}", and so is ${first.key} on line ${lineOf(first.key)}`;
      const hint = "give one of them another key, and its image with image:";
      report({ code: "SERVICE_DUPLICATE", path: [key], says, hint });
    } else services.set(service.name, service);
  }
  return recordOf(services);
}

import { mapOf, type Out } from "../out.ts";
import type { Remarks } from "./remarks.ts";
import { composeLabel } from "./running-container.ts";
import { type ImportedService, serviceName } from "./services-of.ts";

const CONDITIONS: Readonly<Record<string, string>> = {
  service_started: "started",
  service_healthy: "healthy",
};

/** Compose notes what a container depends on: `db:service_healthy:false,cache:service_started:true`. */
export function requireOf(
  { name, containers: [first] }: ImportedService,
  found: readonly ImportedService[],
  remarks: Remarks,
): Out | undefined {
  const noted = composeLabel(first, "depends_on") ?? "";
  const wanted = noted.split(",").filter((text) => text !== "");
  const requires = wanted.flatMap((text): [string, Out][] => {
    const [service = "", condition = ""] = text.split(":");
    const target = serviceName(service);
    const met = CONDITIONS[condition];
    if (met !== undefined && found.some((other) => other.name === target)) return [[target, met]];
    remarks.tell(name, `does not require ${service}, which does not run`);
    return [];
  });
  return requires.length > 0 ? mapOf(requires) : undefined;
}

import { own } from "../own.ts";
import { nearest } from "./nearest.ts";
import type { Report } from "./problems/problem.ts";
import { quoted } from "./problems/show-value.ts";
import type { NetworkEntry, NetworkSection, ServiceEntry, VolumeSection } from "./servicefile.ts";

export interface Resources {
  readonly services: readonly ServiceEntry[];
  readonly networks: Readonly<Record<string, NetworkSection>>;
  readonly volumes: Readonly<Record<string, VolumeSection>>;
}

/** Whether services and the sections `Networks` and `Volumes` fit together. */
export function checkResources({ services, networks, volumes }: Resources, report: Report): void {
  for (const { key, networks: entries = [], volumes: named } of services) {
    for (const entry of entries) checkNetwork(entry, networks, report);
    for (const name of Object.keys(named)) {
      if (own(volumes, name) === undefined) continue;
      const says = `is a volume of this service alone, and Volumes has one called ${quoted(name)}, too`;
      const hint = `write volumes as a list, with - ${name}:${named[name] ?? "/path"}, to mean that one; else choose another name`;
      report({ path: [key, "volumes", name], says, hint });
    }
  }
}

function checkNetwork(
  { name, addresses = {}, path }: NetworkEntry,
  networks: Resources["networks"],
  report: Report,
): void {
  const section = own(networks, name);
  if (section === undefined && name !== "default") {
    const near = nearest(name, ["default", ...Object.keys(networks)]);
    const says = `names ${quoted(name)}, which the section Networks does not have`;
    const hint = near ? `did you mean "${near}"?` : `write Networks: {${name}: }`;
    report({ path, says, hint });
    return;
  }
  const fixed = addresses.ipv4 ? "ipv4_address" : addresses.ipv6 && "ipv6_address";
  const hasSubnets = section?.external || Object.keys(section?.subnets ?? {}).length > 0;
  if (!fixed || hasSubnets) return;
  const says = "needs a network whose addresses the file gives";
  const hint = `write Networks: {${name}: {ipam: {config: [{subnet: 172.30.0.0/24}]}}}`;
  report({ path: [...path, fixed], says, hint });
}

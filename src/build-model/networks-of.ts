import { bareNetwork } from "../fields/network-table.ts";
import type { NetworkAttachment, NetworkSpec } from "../model.ts";
import { own } from "../own.ts";
import type { ServiceEntry } from "../servicefile/servicefile.ts";
import type { BuildInput } from "./build-input.ts";

/** The key of `Networks` that stands for the deployment's own network. */
const OWN = "default";

const OWN_ALONE = [{ name: OWN, aliases: [], path: [] }] as const;

/** How the engine is to call a network of the file. */
export function networkName(key: string, { deployment, servicefile }: BuildInput): string {
  const section = own(servicefile.networks, key);
  if (section?.name !== undefined) return section.name;
  if (section?.external) return key;
  // A deployment's name has no underscore, so no other deployment can have a network of this name.
  return key === OWN ? deployment : `${deployment}_${key}`;
}

export function ownNetwork(input: BuildInput): string {
  return networkName(OWN, input);
}

/** All that the file names, by the engine's name. */
export function networkSpecs(input: BuildInput): Readonly<Record<string, NetworkSpec>> {
  const named = Object.entries(input.servicefile.networks).map(([key, section]): NetworkSpec => {
    return { ...section, name: networkName(key, input) };
  });
  const all = [bareNetwork(ownNetwork(input)), ...named];
  return Object.fromEntries(all.map((spec) => [spec.name, spec]));
}

/** What a service is on, by its own name and those that the file gives it there; sorted. */
export function networksOf(
  { name, networks = OWN_ALONE }: ServiceEntry,
  input: BuildInput,
): NetworkAttachment[] {
  return networks
    .map(({ name: key, aliases, addresses }): NetworkAttachment => {
      const common = {
        name: networkName(key, input),
        aliases: [...new Set([name, ...aliases])].sort(),
      };
      return addresses === undefined ? common : { ...common, addresses };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

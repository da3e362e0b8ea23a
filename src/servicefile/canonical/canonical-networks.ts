import type { Addresses } from "../../model.ts";
import type { Report } from "../problems/problem.ts";
import type { NetworkEntry, NetworkSection } from "../servicefile.ts";
import { childOf, entriesOf, isNull, itemsOf, type Tree, textOf } from "../yaml/tree.ts";
import { resourceOf } from "./canonical-resource.ts";
import { recordOf } from "./record-of.ts";
import { textRecord } from "./text-record.ts";
import { sortedWords } from "./words-in.ts";

/** What a service is on: a list of names, or a map of names to more. undefined: not given. */
export function canonicalNetworks(
  tree: Tree | undefined,
  report: Report,
): readonly NetworkEntry[] | undefined {
  if (tree === undefined || isNull(tree)) return undefined;
  const mapped = entriesOf(tree).map(([name, body]) => attachment(name, body));
  const names = new Set<string>();
  const listed = itemsOf(tree).map((item) => attachment(textOf(item) ?? "", item));
  for (const { name, path } of listed) {
    if (names.has(name)) report({ path, says: `names ${name} a second time` });
    names.add(name);
  }
  const all = [...mapped, ...listed];
  return all.length === 0 ? undefined : all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function attachment(name: string, body: Tree): NetworkEntry {
  const mac = textOf(childOf(body, "mac_address"))?.toLowerCase().replaceAll("-", ":");
  const linkLocal = sortedWords(childOf(body, "link_local_ips"));
  const addresses: Addresses = {
    ...given("ipv4", textOf(childOf(body, "ipv4_address"))),
    ...given("ipv6", textOf(childOf(body, "ipv6_address"))?.toLowerCase()),
    ...given("linkLocal", linkLocal.length > 0 ? linkLocal : undefined),
    ...given("mac", mac),
  };
  const common = { name, aliases: sortedWords(childOf(body, "aliases")), path: body.path };
  return Object.keys(addresses).length > 0 ? { ...common, addresses } : common;
}

function given<K extends string, T>(key: K, value: T | undefined) {
  return value === undefined ? {} : { [key]: value };
}

/** The section `Networks`. */
export function canonicalNetworkSection(
  tree: Tree | undefined,
  report: Report,
): Readonly<Record<string, NetworkSection>> {
  return recordOf(entriesOf(tree).map(([name, body]) => [name, network(body, report)] as const));
}

function network(body: Tree, report: Report): NetworkSection {
  const of = (key: string) => childOf(body, key);
  const ipam = of("ipam");
  const ipv6 = of("enable_ipv6");
  return {
    ...resourceOf(body, report),
    internal: isOn(of("internal")),
    attachable: isOn(of("attachable")),
    ipv6: ipv6?.kind === "scalar" && ipv6.value !== null ? ipv6.value === true : undefined,
    ipamDriver: textOf(childOf(ipam, "driver")),
    ipamOptions: textRecord(childOf(ipam, "options"), report),
    subnets: subnetsOf(childOf(ipam, "config"), report),
  };
}

function subnetsOf(tree: Tree | undefined, report: Report): NetworkSection["subnets"] {
  const subnets = new Map<string, Readonly<Record<string, string>>>();
  for (const item of itemsOf(tree)) {
    const subnet = textOf(childOf(item, "subnet")) ?? "";
    if (subnets.has(subnet)) report({ path: item.path, says: `has the subnet ${subnet} again` });
    subnets.set(subnet, restOf(item, report));
  }
  return recordOf([...subnets].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function restOf(item: Tree, report: Report): Readonly<Record<string, string>> {
  const texts = (["gateway", "ip_range"] as const).flatMap((key): [string, string][] => {
    const text = textOf(childOf(item, key));
    return text === undefined ? [] : [[key, text]];
  });
  const auxiliary = Object.entries(textRecord(childOf(item, "aux_addresses"), report));
  const named = auxiliary.map(([name, address]): [string, string] => [
    `aux_addresses.${name}`,
    address,
  ]);
  return recordOf([...named, ...texts]);
}

function isOn(tree: Tree | undefined): boolean {
  return tree?.kind === "scalar" && tree.value === true;
}

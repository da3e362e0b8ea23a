import type { ContainerSpec, Mount, NetworkAttachment } from "../../model.ts";
import { literal, mapOf, type Out, type OutMap } from "../out.ts";
import type { Remarks } from "./remarks.ts";
import type { ImportedService } from "./services-of.ts";
import type { Entries } from "./spec-rows.ts";

/** Volumes and networks that are there already stay what they are, and stay nobody's. */
export interface Places {
  readonly volumes: Set<string>;
  readonly networks: Set<string>;
}

export function volumesOf(
  { containers: [{ spec }] }: ImportedService,
  places: Places,
): Out | undefined {
  if (spec.mounts.length === 0) return undefined;
  return spec.mounts.map((mount) => {
    if (mount.kind === "volume") places.volumes.add(mount.source);
    return mountOut(mount);
  });
}

function mountOut({ kind, source, target, readOnly, options = {} }: Mount): Out {
  const { propagation, selinux, nocopy, subpath, size, mode } = options;
  const isPlain = kind !== "tmpfs" && Object.keys(options).length === 0;
  if (isPlain) return literal(`${source}:${target}${readOnly ? ":ro" : ""}`);
  return mapOf([
    ["type", kind],
    ["source", kind === "tmpfs" ? undefined : literal(source)],
    ["target", literal(target)],
    ["read_only", readOnly || undefined],
    ["bind", given({ propagation, selinux })],
    ["volume", given({ nocopy: nocopy === undefined ? undefined : true, subpath })],
    ["tmpfs", given({ size: size === undefined ? undefined : Number(size), mode })],
  ]);
}

function given(values: Readonly<Record<string, Out | undefined>>): Out | undefined {
  const map = mapOf(Object.entries(values));
  return map.size > 0 ? map : undefined;
}

/** On the networks where it is, and on the deployment's own; or where there is no choice of networks. */
export function networksOf(service: ImportedService, places: Places, remarks: Remarks): Entries {
  const [{ spec, name: container }] = service.containers;
  const mode = modeOf(spec);
  if (mode?.startsWith("container:")) {
    remarks.tell(service.name, "shares the network of a container that is known by its id only");
  }
  if (mode !== undefined) return [["network_mode", mode]];
  const named = spec.networks.filter(({ name }) => name !== "bridge");
  if (named.length === 0) return [];
  for (const { name } of named) places.networks.add(name);
  const known = [service.name, container];
  const own = named.map((network) => attachment(network, known));
  return [["networks", mapOf([["default", null], ...own])]];
}

function modeOf({ networkMode, networks }: ContainerSpec): string | undefined {
  if (networkMode !== undefined) return networkMode;
  if (networks.length === 0) return "none";
  return networks.some(({ name }) => name === "host") ? "host" : undefined;
}

function attachment(
  { name, aliases, addresses }: NetworkAttachment,
  known: readonly string[],
): readonly [string, Out] {
  const more = aliases.filter((alias) => !known.includes(alias));
  const out = given({
    aliases: more.length > 0 ? more : undefined,
    ipv4_address: addresses?.ipv4,
    ipv6_address: addresses?.ipv6,
    link_local_ips: addresses?.linkLocal,
  });
  return [name, out ?? null];
}

export function sectionsOf({ volumes, networks }: Places): readonly (readonly [string, Out])[] {
  return Object.entries({ Volumes: volumes, Networks: networks }).flatMap(([section, names]) =>
    names.size > 0 ? [[section, external(names)] as const] : [],
  );
}

function external(names: ReadonlySet<string>): OutMap {
  const entries = [...names].sort().map((name): [string, Out] => {
    return [name, mapOf(Object.entries({ external: true, name }))];
  });
  return mapOf(entries);
}

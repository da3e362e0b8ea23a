import type { NetworkSpec } from "../model.ts";
import { deltaOf, recordDeltas, sortedKeys } from "./delta.ts";
import type { DockerNetworkSettings, DockerSubnet } from "./docker-api.ts";
import type { Delta } from "./field.ts";
import { givenBy, markGiven } from "./given.ts";
import { given, pathsOf } from "./labels.ts";
import { NOTHING } from "./nothing.ts";
import {
  fromResource,
  type ResourceField,
  type ResourceTable,
  resourceDeltas,
  toResource,
} from "./resource-field.ts";
import { driverRow, labelsRow } from "./resource-rows.ts";

type Fields = Omit<NetworkSpec, "name" | "external">;
type Row<F extends keyof Fields> = ResourceField<Fields[F], DockerNetworkSettings>;
type Texts = Readonly<Record<string, string>>;

const USUAL_IPAM = "default";

const driver: Row<"driver"> = driverRow("bridge");

const driverOpts: Row<"driverOpts"> = {
  key: "driver_opts",
  diff: (before, after) => recordDeltas("driver_opts", before, after),
  toDocker(value, body) {
    if (Object.keys(value).length > 0) body.Options = { ...value };
    markGiven(pathsOf("driver_opts", value), body);
  },
  fromDocker: ({ Options }, isGiven) => given("driver_opts", Options ?? NOTHING, isGiven),
};

const labels: Row<"labels"> = labelsRow();

const internal: Row<"internal"> = {
  key: "internal",
  diff: (before, after) => deltaOf("internal", before, after),
  toDocker(value, body) {
    if (value) body.Internal = true;
  },
  fromDocker: ({ Internal = false }) => Internal,
};

const attachable: Row<"attachable"> = {
  key: "attachable",
  diff: (before, after) => deltaOf("attachable", before, after),
  toDocker(value, body) {
    if (value) body.Attachable = true;
  },
  fromDocker: ({ Attachable = false }) => Attachable,
};

const ipv6: Row<"ipv6"> = {
  key: "enable_ipv6",
  diff: (before = false, after = false) => deltaOf("enable_ipv6", before, after),
  toDocker(value, body) {
    if (value === undefined) return;
    body.EnableIPv6 = value;
    markGiven(["enable_ipv6"], body);
  },
  fromDocker: ({ EnableIPv6 = false }, isGiven) =>
    isGiven("enable_ipv6") ? EnableIPv6 : undefined,
};

const ipamDriver: Row<"ipamDriver"> = {
  key: "ipam.driver",
  diff: (before = USUAL_IPAM, after = USUAL_IPAM) => deltaOf("ipam.driver", before, after),
  toDocker(value, body) {
    if (value !== undefined) body.IPAM = { ...body.IPAM, Driver: value };
  },
  fromDocker: ({ IPAM }) => (IPAM?.Driver === USUAL_IPAM ? undefined : IPAM?.Driver || undefined),
};

const ipamOptions: Row<"ipamOptions"> = {
  key: "ipam.options",
  diff: (before, after) => recordDeltas("ipam.options", before, after),
  toDocker(value, body) {
    if (Object.keys(value).length > 0) body.IPAM = { ...body.IPAM, Options: { ...value } };
    markGiven(pathsOf("ipam.options", value), body);
  },
  fromDocker: ({ IPAM }, isGiven) => given("ipam.options", IPAM?.Options ?? NOTHING, isGiven),
};

const subnets: Row<"subnets"> = {
  key: "ipam.config",
  diff: subnetDeltas,
  toDocker(value, body) {
    const entries = Object.entries(value);
    if (entries.length === 0) return;
    body.IPAM = { ...body.IPAM, Config: entries.map(toSubnet) };
    for (const [subnet, rest] of entries) {
      markGiven([pathOf(subnet), ...pathsOf(pathOf(subnet), rest)], body);
    }
  },
  fromDocker: ({ IPAM }, isGiven) =>
    Object.fromEntries(
      (IPAM?.Config ?? []).flatMap((config): [string, Texts][] => {
        const path = pathOf(config.Subnet ?? "");
        return isGiven(path) ? [[config.Subnet ?? "", given(path, restOf(config), isGiven)]] : [];
      }),
    ),
};

const TABLE: ResourceTable<Fields, DockerNetworkSettings> = {
  driver,
  driverOpts,
  labels,
  internal,
  attachable,
  ipv6,
  ipamDriver,
  ipamOptions,
  subnets,
};

export function networkDeltas(before: NetworkSpec, after: NetworkSpec): readonly Delta[] {
  return resourceDeltas(TABLE, before, after);
}

/** For a call that makes it, besides its name. */
export function toDockerNetwork(spec: NetworkSpec): DockerNetworkSettings {
  return toResource(TABLE, spec, {});
}

export function fromDockerNetwork(name: string, body: DockerNetworkSettings): NetworkSpec {
  return { name, external: false, ...fromResource(TABLE, body, givenBy(body.Labels)) };
}

/** A network of which nothing is said but its name. */
export function bareNetwork(name: string): NetworkSpec {
  return fromDockerNetwork(name, {});
}

function subnetDeltas(before: Fields["subnets"], after: Fields["subnets"]): readonly Delta[] {
  const [old, wanted] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [
    ...deltaOf("ipam.config", [...old.keys()].sort(), [...wanted.keys()].sort()),
    ...sortedKeys(old, wanted)
      .filter((subnet) => old.has(subnet) && wanted.has(subnet))
      .flatMap((subnet) =>
        recordDeltas(pathOf(subnet), old.get(subnet) ?? NOTHING, wanted.get(subnet) ?? NOTHING),
      ),
  ];
}

function pathOf(subnet: string): string {
  return `ipam.config.${subnet}`;
}

const AUXILIARY = "aux_addresses.";

function toSubnet([Subnet, rest]: readonly [string, Texts]): DockerSubnet {
  const { ip_range: IPRange, gateway: Gateway } = rest;
  const auxiliary = Object.entries(rest).flatMap(([name, address]) =>
    name.startsWith(AUXILIARY) ? [[name.slice(AUXILIARY.length), address]] : [],
  );
  return {
    Subnet,
    ...(IPRange && { IPRange }),
    ...(Gateway && { Gateway }),
    ...(auxiliary.length > 0 && { AuxiliaryAddresses: Object.fromEntries(auxiliary) }),
  };
}

function restOf({ IPRange, Gateway, AuxiliaryAddresses }: DockerSubnet): Texts {
  return {
    ...(IPRange && { ip_range: IPRange }),
    ...(Gateway && { gateway: Gateway }),
    ...Object.fromEntries(
      Object.entries(AuxiliaryAddresses ?? NOTHING).map(([name, address]) => [
        `${AUXILIARY}${name}`,
        address,
      ]),
    ),
  };
}

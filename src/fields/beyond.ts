import type { DockerContainer, DockerHostConfig } from "./docker-api.ts";

/** What the table reads of a container's surroundings; it does not compile until a new one is here, too. */
const KNOWN: Readonly<Record<keyof DockerHostConfig, true>> = {
  Mounts: true,
  Binds: true,
  PortBindings: true,
  RestartPolicy: true,
  NetworkMode: true,
  ReadonlyRootfs: true,
  Init: true,
  Privileged: true,
  CapAdd: true,
  CapDrop: true,
  GroupAdd: true,
  ExtraHosts: true,
  SecurityOpt: true,
  Devices: true,
  DeviceRequests: true,
  Sysctls: true,
  Ulimits: true,
  Tmpfs: true,
  Dns: true,
  DnsSearch: true,
  DnsOptions: true,
  LogConfig: true,
  PidMode: true,
  IpcMode: true,
  UTSMode: true,
  UsernsMode: true,
  OomScoreAdj: true,
  Runtime: true,
  ShmSize: true,
  Memory: true,
  MemorySwap: true,
  MemoryReservation: true,
  NanoCpus: true,
  CpuShares: true,
  CpusetCpus: true,
  PidsLimit: true,
};

/** What engines fill in by themselves, each its own. */
const OF_THE_ENGINE = ["CgroupnsMode", "ConsoleSize", "Isolation", "MaskedPaths", "ReadonlyPaths"];

const ANONYMOUS = /^[0-9a-f]{64}$/;

/** What a container has and no field of the table can say: `HostConfig.CgroupParent: /a`. */
export function beyondFields({ HostConfig, Mounts }: DockerContainer): readonly string[] {
  const settings = Object.entries(HostConfig)
    .filter(([name, value]) => !isKnown(name) && !isNothing(value))
    .map(([name, value]) => `HostConfig.${name}: ${shown(value)}`);
  const volumes = Mounts.filter(({ Type, Name = "" }) => Type === "volume" && ANONYMOUS.test(Name));
  return [
    ...settings.sort(),
    ...volumes.map(({ Destination }) => `the volume at ${Destination}, which has no name`),
  ];
}

function isKnown(name: string): boolean {
  return Object.hasOwn(KNOWN, name) || OF_THE_ENGINE.includes(name);
}

/** How engines write that nothing was asked for. */
function isNothing(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return [null, undefined, "", 0, -1, false].some((nothing) => nothing === value);
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

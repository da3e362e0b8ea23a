/** The parts of Docker's create and inspect JSON that the field table reads and writes (API 1.41 to 1.51). */
export interface DockerCreate {
  Image: string;
  Entrypoint?: string[];
  Cmd?: string[];
  Env?: string[];
  User?: string;
  Hostname?: string;
  Domainname?: string;
  WorkingDir?: string;
  Tty?: boolean;
  OpenStdin?: boolean;
  StopSignal?: string;
  /** Seconds. */
  StopTimeout?: number;
  Labels?: Record<string, string>;
  ExposedPorts?: Record<string, object>;
  Healthcheck?: DockerHealthcheck;
  HostConfig: DockerHostConfig;
  NetworkingConfig?: { EndpointsConfig: Record<string, DockerEndpoint> };
}

export interface DockerHostConfig {
  Mounts?: DockerMountRequest[] | null;
  /** `source:target:options`, for what mounts cannot say. */
  Binds?: string[] | null;
  PortBindings?: Record<string, DockerPortBinding[] | null> | null;
  RestartPolicy?: { Name: string; MaximumRetryCount?: number };
  NetworkMode?: string;
  ReadonlyRootfs?: boolean;
  Init?: boolean | null;
  Privileged?: boolean;
  CapAdd?: string[] | null;
  CapDrop?: string[] | null;
  GroupAdd?: string[] | null;
  ExtraHosts?: string[] | null;
  SecurityOpt?: string[] | null;
  Devices?: DockerDevice[] | null;
  DeviceRequests?: DockerDeviceRequest[] | null;
  Sysctls?: Record<string, string> | null;
  Ulimits?: DockerUlimit[] | null;
  Tmpfs?: Record<string, string> | null;
  Dns?: string[] | null;
  DnsSearch?: string[] | null;
  DnsOptions?: string[] | null;
  LogConfig?: { Type: string; Config?: Record<string, string> | null };
  PidMode?: string;
  IpcMode?: string;
  UTSMode?: string;
  UsernsMode?: string;
  OomScoreAdj?: number;
  Runtime?: string;
  ShmSize?: number;
  Memory?: number;
  /** Memory and swap together. */
  MemorySwap?: number;
  MemoryReservation?: number;
  NanoCpus?: number;
  CpuShares?: number;
  CpusetCpus?: string;
  PidsLimit?: number | null;
}

export interface DockerMountRequest {
  Type: "volume" | "bind" | "tmpfs";
  Source?: string;
  Target: string;
  ReadOnly?: boolean;
  VolumeOptions?: { NoCopy?: boolean; Subpath?: string };
  BindOptions?: { Propagation?: string };
  TmpfsOptions?: { SizeBytes?: number; Mode?: number };
}

export interface DockerDevice {
  PathOnHost: string;
  PathInContainer: string;
  CgroupPermissions: string;
}

export interface DockerDeviceRequest {
  Driver?: string;
  Count?: number;
  DeviceIDs?: string[] | null;
  Capabilities?: string[][] | null;
  Options?: Record<string, string> | null;
}

export interface DockerUlimit {
  Name: string;
  Soft: number;
  Hard: number;
}

export interface DockerPortBinding {
  HostIp?: string;
  HostPort?: string;
}

/** Durations are in nanoseconds. */
export interface DockerHealthcheck {
  Test?: string[];
  Interval?: number;
  Timeout?: number;
  StartPeriod?: number;
  StartInterval?: number;
  Retries?: number;
}

export interface DockerContainer {
  Id: string;
  Name: string;
  Image: string;
  Config: {
    Image: string;
    Entrypoint?: string[] | null;
    Cmd?: string[] | null;
    Env?: string[] | null;
    User?: string;
    Hostname?: string;
    Domainname?: string;
    WorkingDir?: string;
    Tty?: boolean;
    OpenStdin?: boolean;
    StopSignal?: string;
    StopTimeout?: number | null;
    Labels?: Record<string, string> | null;
    Healthcheck?: DockerHealthcheck | null;
  };
  HostConfig: DockerHostConfig;
  RestartCount?: number;
  State: {
    Status: string;
    ExitCode: number;
    Paused?: boolean;
    Restarting?: boolean;
    StartedAt?: string;
    FinishedAt?: string;
    Health?: { Status: string };
  };
  Mounts: {
    Type: string;
    Name?: string;
    Source: string;
    Destination: string;
    RW: boolean;
    /** As in `Binds`. */
    Mode?: string;
  }[];
  NetworkSettings: {
    Networks: Record<string, DockerEndpoint> | null;
    /** What is published while it runs; `80/tcp` to where. */
    Ports?: Record<string, DockerPortBinding[] | null> | null;
  };
}

export interface DockerEndpoint {
  /** "" while it does not run. */
  IPAddress?: string;
  Aliases?: string[] | null;
  IPAMConfig?: {
    IPv4Address?: string;
    IPv6Address?: string;
    LinkLocalIPs?: string[] | null;
  } | null;
  MacAddress?: string;
}

/** What a network is made of, and what a list of networks tells of it. */
export interface DockerNetworkSettings {
  Driver?: string;
  Options?: Record<string, string> | null;
  Labels?: Record<string, string> | null;
  Internal?: boolean;
  Attachable?: boolean;
  EnableIPv6?: boolean;
  IPAM?: DockerIpam | null;
}

export interface DockerIpam {
  Driver?: string;
  Options?: Record<string, string> | null;
  Config?: DockerSubnet[] | null;
}

export interface DockerSubnet {
  Subnet?: string;
  IPRange?: string;
  Gateway?: string;
  AuxiliaryAddresses?: Record<string, string> | null;
}

/** What a list of volumes tells; to make one, `Options` are called `DriverOpts`. */
export interface DockerVolumeSettings {
  Driver?: string;
  DriverOpts?: Record<string, string> | null;
  Labels?: Record<string, string> | null;
}

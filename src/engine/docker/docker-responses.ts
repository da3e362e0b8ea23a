import type { DockerHealthcheck, DockerNetworkSettings } from "../../fields/docker-api.ts";

/** The parts of Docker's answers that the adapter reads (API 1.41 to 1.51), besides inspected containers. */
export interface DockerListedContainer {
  Id: string;
  Names: string[] | null;
  Image: string;
  ImageID: string;
  State: string;
  Labels: Record<string, string> | null;
  Ports: { IP?: string; PublicPort?: number; Type: string }[] | null;
  NetworkSettings?: { Networks?: Record<string, object> | null } | null;
}

export interface DockerNetwork extends DockerNetworkSettings {
  Id: string;
  /** In UTC, to the nanosecond. */
  Created: string;
  Name: string;
  Labels: Record<string, string> | null;
  /** Only when inspected. */
  Containers?: Record<string, object> | null;
}

export interface DockerVolume {
  Name: string;
  Driver?: string;
  Options?: Record<string, string> | null;
  Labels: Record<string, string> | null;
}

export interface DockerImage {
  Id: string;
  Os?: string;
  Architecture?: string;
  Variant?: string;
  RootFS?: { Layers?: string[] | null };
  Config?: {
    Entrypoint?: string[] | string | null;
    Cmd?: string[] | string | null;
    Env?: string[] | null;
    User?: string;
    WorkingDir?: string;
    StopSignal?: string;
    Labels?: Record<string, string> | null;
    ExposedPorts?: Record<string, object> | null;
    Volumes?: Record<string, object> | null;
    Healthcheck?: DockerHealthcheck | null;
  } | null;
}

export interface DockerImageEntry {
  Id: string;
  RepoTags?: string[] | null;
}

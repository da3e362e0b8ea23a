import type { HealthcheckEntry } from "../servicefile/servicefile.ts";

/** What an image says about itself in a LABEL, in one form whatever label it came from. */
export interface Descriptor {
  readonly name: string | undefined;
  /** The label that it was read from. */
  readonly label: "io.axon.descriptor" | "com.platform9.app_metadata";
  /** false: the image has no init-region. */
  readonly init: false | DescriptorInit;
  /** Keys that the image reads from the store, by key. */
  readonly config: Readonly<Record<string, DescriptorConfig>>;
  readonly entrypoints: Readonly<Record<string, DescriptorEntrypoint>>;
  readonly bootstrap: Readonly<Record<string, DescriptorBootstrap>>;
  /** Unknown keys and the like: told, not refused. */
  readonly notices: readonly string[];
}

export interface DescriptorInit {
  readonly command: readonly string[];
  readonly user: string;
  /** Seconds. */
  readonly timeout: number;
}

export interface DescriptorConfig {
  readonly type: "string" | "bool" | "int" | "number" | "json";
  readonly default: string | undefined;
  readonly required: boolean;
  readonly secret: boolean;
  /** Environment variable that carries it. */
  readonly env: string | undefined;
  readonly generate: Readonly<Record<"hex" | "base64" | "alnum", number | undefined>> | undefined;
}

export interface DescriptorEntrypoint {
  readonly name: string;
  readonly command: readonly string[] | undefined;
  readonly step: number | undefined;
  readonly ports: Readonly<Record<string, DescriptorPort>>;
  readonly requires: Readonly<Record<string, DescriptorRequirement>>;
  readonly healthcheck: HealthcheckEntry | "none" | undefined;
  /** Volume name to path. */
  readonly volumes: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly logfiles: readonly string[];
  readonly privileges: DescriptorPrivileges;
}

export interface DescriptorPort {
  readonly port: number;
  readonly protocol: "tcp" | "udp" | "http";
  readonly path: string | undefined;
  readonly rewrite: string | undefined;
}

export interface DescriptorRequirement {
  /** Name of the service (or entrypoint) that is needed. */
  readonly endpoint: string;
  /** Port name there; undefined: its only or first one. */
  readonly port: string | undefined;
  readonly wait: "started" | "healthy" | "completed" | undefined;
  /** Prefix of the variables `PREFIX_HOST`, `PREFIX_PORT`, `PREFIX_URL`. */
  readonly env: string | undefined;
  readonly optional: boolean;
  /** app_metadata only: the port on which the image expects it locally. */
  readonly localPort: number | undefined;
}

export interface DescriptorBootstrap {
  readonly command: readonly string[];
  readonly step: number | undefined;
  readonly run: "on-change" | "once" | "always" | undefined;
  /** Seconds. */
  readonly timeout: number | undefined;
  readonly acceptedExitCodes: readonly number[] | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** The entrypoint whose service runs it; undefined: the first service, by name, that uses the image. */
  readonly entrypoint: string | undefined;
}

export interface DescriptorPrivileges {
  readonly privileged: boolean;
  readonly hostNetwork: boolean;
  /** `source:target:permissions`. */
  readonly devices: readonly string[];
  /** Without CAP_. */
  readonly capabilities: readonly string[];
}

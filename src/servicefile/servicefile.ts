import type { SourcePosition } from "../errors.ts";
import type {
  ContainerSpec,
  Healthcheck,
  Mount,
  NetworkAttachment,
  NetworkSpec,
  RestartPolicy,
  UpdatePolicy,
  VolumeSpec,
} from "../model.ts";
import type { Text } from "../secret.ts";

/**
 * A Servicefile after parsing, validation and canonical forms: every long and short form that means the
 * same is the same value here. Nothing is known yet of images, engine or store.
 */
export interface Servicefile {
  readonly file: string;
  /** The text as it was read, for showing the line of an error. */
  readonly text: string;
  /** Where a path stands in the file: the key if there is one. `["website", "require", "db"]`. */
  locate(path: readonly (string | number)[]): SourcePosition;
  /** The `Deployment` section. */
  readonly deployment: string | undefined;
  /** Scalars of `Env`: for every service. null removes what a lower layer set. */
  readonly env: EnvSection;
  /** Maps of `Env`, by service name. */
  readonly serviceEnv: Readonly<Record<string, EnvSection>>;
  readonly config: Readonly<Record<string, Text>>;
  readonly domains: Readonly<Record<string, DomainEntry>>;
  /** The `Files` section. */
  readonly files: Readonly<Record<string, FileSource>>;
  /** The `Secrets` section. */
  readonly secrets: Readonly<Record<string, SecretSource>>;
  /** The `Networks` section, with `default` where it says something of the deployment's own network. */
  readonly networks: Readonly<Record<string, NetworkSection>>;
  /** The `Volumes` section. */
  readonly volumes: Readonly<Record<string, VolumeSection>>;
  /** What is made once and kept, by name. */
  readonly generate: Readonly<Record<string, GenerateSpec>>;
  /** What images may ask for beyond the usual. */
  readonly allow: AllowSection;
  /** One-shots of the `Exec` section, by name. */
  readonly exec: Readonly<Record<string, ExecEntry>>;
  /** Every use of a `${name}`, in the order of the file. */
  readonly references: readonly ReferenceEntry[];
  /** What must be read before a model can be built. */
  readonly needs: InputNeeds;
  /** By service name (see `key` for how it is written in the file). */
  readonly services: Readonly<Record<string, ServiceEntry>>;
}

/** Paths are relative to the directory of the Servicefile, and never lead out of it. */
export type FileSource =
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "content"; readonly content: Text };

export type SecretSource =
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "env"; readonly variable: string }
  /** A key below the deployment's `config/`. */
  | { readonly kind: "store"; readonly key: string };

/** `name`: how the engine calls it, where the file says that. */
export interface NetworkSection extends Omit<NetworkSpec, "name"> {
  readonly name: string | undefined;
}

export interface VolumeSection extends Omit<VolumeSpec, "name"> {
  readonly name: string | undefined;
}

export interface GenerateSpec {
  readonly encoding: "hex" | "base64" | "alnum";
  /** Characters. */
  readonly length: number;
}

export interface ReferenceEntry {
  readonly name: string;
  /** Where the value came from: `environment`, `Vars`. undefined: nowhere yet. */
  readonly source: string | undefined;
  readonly path: readonly (string | number)[];
}

export interface InputNeeds {
  /** Sorted. */
  readonly files: readonly FileNeed[];
  /** Names of variables in the environment of whoever deploys; sorted. */
  readonly env: readonly string[];
}

export interface FileNeed {
  readonly file: string;
  /** The first place that names it. */
  readonly path: readonly (string | number)[];
}

/** `privileged`, `host-network`, `devices`, the path of a device, a capability without CAP_; sorted. */
export interface AllowSection {
  /** For the images of every service. */
  readonly all: readonly string[];
  /** By service name. */
  readonly services: Readonly<Record<string, readonly string[]>>;
}

/** Values keep the text that was written: `1.10` is "1.10", `no` is "no". */
export type EnvSection = Readonly<Record<string, Text | null>>;

export interface ServiceEntry {
  readonly name: string;
  /** The top-level key in the file; positions of this service are below it. */
  readonly key: string;
  /** As written, or the key itself. */
  readonly image: string;
  /** A string in the file is `["/bin/sh", "-c", text]` here. undefined: not given. */
  readonly command: readonly string[] | undefined;
  readonly entrypoint: readonly string[] | undefined;
  readonly entrypointOf: string | undefined;
  readonly env: EnvSection;
  /** Later ones win. */
  readonly envFiles: readonly FileNeed[];
  /** What is placed into the container; sorted by target. */
  readonly files: readonly PlacedEntry[];
  /** Volume name to absolute path in the container; null removes the descriptor's. */
  readonly volumes: Readonly<Record<string, string | null>>;
  /** What the list of volumes mounts. */
  readonly mounts: readonly MountEntry[];
  /** Port name to number, or "assign"; null removes the descriptor's. */
  readonly ports: Readonly<Record<string, number | "assign" | null>>;
  readonly publish: readonly PublishEntry[];
  readonly require: readonly RequireEntry[];
  /** undefined: not given (services 4, one-shots 3). */
  readonly step: number | undefined;
  /** undefined: not given (true). */
  readonly detach: boolean | undefined;
  /** Only with `detach: false`. */
  readonly acceptedExitCodes: readonly number[] | undefined;
  /** Seconds; only with `detach: false`. */
  readonly timeout: number | undefined;
  /** By name; a bare command is named "bootstrap". null removes the descriptor's. */
  readonly bootstrap: Readonly<Record<string, BootstrapEntry | null>>;
  /** false: do not run init-region. undefined: as the descriptor says. */
  readonly init: false | InitEntry | undefined;
  readonly healthcheck: HealthcheckEntry | "none" | undefined;
  readonly restart: RestartPolicy | undefined;
  /** By their names in the file, sorted. undefined: not given, which is the deployment's own network. */
  readonly networks: readonly NetworkEntry[] | undefined;
  /** `linux/arm64`; undefined: the engine's. */
  readonly platform: string | undefined;
  /** When its image is fetched; undefined: where it is missing. */
  readonly pullPolicy: "always" | "missing" | "never" | undefined;
  readonly scale: number | undefined;
  readonly update: UpdatePolicy | undefined;
  readonly limits: LimitsEntry;
  readonly options: OptionsEntry;
}

/** `aliases` without the service's own name. */
export interface NetworkEntry extends NetworkAttachment {
  readonly path: readonly (string | number)[];
}

/** `source`: a volume that services share, as the file calls it; or a path of the host, from the Servicefile's directory. */
export interface MountEntry extends Mount {
  readonly path: readonly (string | number)[];
}

export interface PlacedEntry {
  readonly section: "Files" | "Secrets";
  /** In that section. */
  readonly name: string;
  /** Absolute path in the container. */
  readonly target: string;
  readonly mode: number;
  readonly path: readonly (string | number)[];
}

/** What is not given has no limit. */
export type LimitsEntry = Pick<
  ContainerSpec,
  "memory" | "memorySwap" | "memoryReservation" | "cpus" | "cpuShares" | "cpuset" | "pidsLimit"
>;

/**
 * What is said about the container and passed on as it is. What says nothing is not there. Namespaces are as in
 * the file: `service:db`.
 */
export type OptionsEntry = Partial<
  Pick<
    ContainerSpec,
    | "user"
    | "workingDir"
    | "tmpfs"
    | "labels"
    | "logDriver"
    | "logOptions"
    | "stopSignal"
    | "stopGraceSeconds"
    | "hostname"
    | "domainname"
    | "tty"
    | "stdinOpen"
    | "readOnly"
    | "initProcess"
    | "privileged"
    | "capAdd"
    | "capDrop"
    | "groupAdd"
    | "extraHosts"
    | "securityOpt"
    | "devices"
    | "sysctls"
    | "ulimits"
    | "dns"
    | "dnsSearch"
    | "dnsOpt"
    | "networkMode"
    | "gpus"
    | "pid"
    | "ipc"
    | "uts"
    | "userns"
    | "oomScoreAdj"
    | "runtime"
    | "shmSize"
  >
>;

export interface PublishEntry {
  /** "" is every address. */
  readonly hostAddress: string;
  /** 0: the engine chooses. */
  readonly hostPort: number;
  /** A port name of the service, or a container port number. */
  readonly port: string | number;
  readonly protocol: "tcp" | "udp" | undefined;
  /** Path in the file, for errors. */
  readonly path: readonly (string | number)[];
}

export interface RequireEntry {
  readonly target: string;
  /** undefined: not given (services: started; one-shots: completed). */
  readonly condition: "started" | "healthy" | "completed" | undefined;
  readonly path: readonly (string | number)[];
}

export interface BootstrapEntry {
  readonly command: readonly string[] | undefined;
  readonly env: EnvSection;
  readonly step: number | undefined;
  /** Seconds. */
  readonly timeout: number | undefined;
  readonly acceptedExitCodes: readonly number[] | undefined;
  readonly run: "on-change" | "once" | "always" | undefined;
}

/** A one-shot that shares everything with its service, and that others can require by its own name. */
export interface ExecEntry extends BootstrapEntry {
  readonly name: string;
  /** Name of the service. */
  readonly service: string;
  /** undefined: not given, then what its service requires. */
  readonly require: readonly RequireEntry[] | undefined;
  readonly path: readonly (string | number)[];
}

export interface InitEntry {
  readonly command?: readonly string[] | undefined;
  readonly user?: string | undefined;
  /** Seconds. */
  readonly timeout?: number | undefined;
}

/** Either a command in Docker's form, or a probe of a port; what is not given keeps its default. Milliseconds. */
export interface HealthcheckEntry extends Partial<Omit<Healthcheck, "test">> {
  readonly test?: readonly string[] | undefined;
  /** `port` is a port name of the service or a number. */
  readonly http?: { readonly port: string | number; readonly path: string } | undefined;
  readonly tcp?: { readonly port: string | number } | undefined;
}

/** Leads somewhere by `http` or by `tcp`, never by both. */
export interface DomainEntry {
  /** Lower-case, and in ASCII. */
  readonly domain: string;
  /** Where it stands in the file, which may spell it otherwise. */
  readonly at: readonly (string | number)[];
  readonly http: DomainTarget | undefined;
  readonly tcp: DomainTarget | undefined;
  readonly path: string | undefined;
  /** User to password. */
  readonly auth: Readonly<Record<string, Text>>;
  readonly authMode: "digest" | "basic";
  /** undefined: the router speaks no TLS for it. */
  readonly tls: DomainTls | undefined;
  /** Plain HTTP is sent on to HTTPS, at this port or where the router has it; never without `tls`. */
  readonly redirect: boolean | number;
}

export type DomainTls =
  | { readonly kind: "certificate"; readonly cert: TlsSource; readonly key: TlsSource }
  /** `resolver`: the router's name of who fetches the certificate; undefined: the usual one. */
  | { readonly kind: "acme"; readonly resolver: string | undefined };

export type TlsSource = FileSource & { readonly path: readonly (string | number)[] };

export interface DomainTarget {
  readonly deployment: string;
  /** undefined: every service of the deployment that declares a URL path. */
  readonly service: string | undefined;
  /** Port name or number. */
  readonly port: string | undefined;
}

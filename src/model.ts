import type { Secret, Text } from "./secret.ts";

/**
 * What is wanted, complete and canonical. Everything here is data: two models that mean the same are
 * equal, and one can be built by hand in a test.
 */
export interface Model {
  readonly deployment: string;
  /** Name of the deployment's own network. */
  readonly network: string;
  /** All networks that it needs, by the name that the engine knows. */
  readonly networks: Readonly<Record<string, NetworkSpec>>;
  /** By service name. */
  readonly services: Readonly<Record<string, ServiceSpec>>;
  /** By task id. */
  readonly tasks: Readonly<Record<string, TaskSpec>>;
  /** Named volumes that it needs, by the name that the engine knows. */
  readonly volumes: Readonly<Record<string, VolumeSpec>>;
  /** Keys below the deployment's `config/` that the Servicefile names. */
  readonly config: Readonly<Record<string, Text>>;
  /** Keys below `config/` that images read and that are generated once; what is there stays. */
  readonly generatedConfig: Readonly<Record<string, Secret>>;
  /** Values that are generated once and kept in the store, by name. */
  readonly generated: Readonly<Record<string, Secret>>;
  /** Keys below the deployment's `services/`: `<service>/<port name>` to `host:port`. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** By the route's name, which is also its name at the router. */
  readonly routes: Readonly<Record<string, RouteSpec>>;
  /** Routes that lead to services that other deployments do not have yet, by name. Absent: none. */
  readonly pending?: Readonly<Record<string, PendingRoute>>;
  /** The alias under which the managed store joins the network; undefined with a store of the user's own. */
  readonly storeAlias: string | undefined;
  /** With what containers show the store whose they are. Absent: the store gives them no token. */
  readonly token?: TokenSpec | undefined;
}

/** A token, and what may be done with it and nothing else. */
export interface TokenSpec {
  /** At the store: `axon-shop`. */
  readonly name: string;
  readonly value: Secret;
  /** Beginning of keys to `read` or `write`. The catalogue of services may be read with any token. */
  readonly rights: Readonly<Record<string, string>>;
  /** Who has no token may see where services are, too. */
  readonly opensCatalogue: boolean;
}

export interface ServiceSpec {
  readonly name: string;
  /** Heat-style step, 1 to 5. */
  readonly step: number;
  readonly kind: "service" | "system";
  /** One container name per instance; the first is instance 1. */
  readonly containerNames: readonly string[];
  readonly container: ContainerSpec;
  readonly ports: Readonly<Record<string, Port>>;
  readonly requires: readonly Requirement[];
  /** Names of resources that must be in the store; sorted. */
  readonly resources: readonly string[];
  readonly update: UpdatePolicy;
  readonly replacement: Replacement;
  /** Services in whose namespaces its containers are: they go where those go. Absent: none. */
  readonly shares?: readonly string[];
  /** Names of variables that Axon gives and the file does not: a container that Axon has not made may lack them. */
  readonly injected: readonly string[];
}

/** In which order the old and the new container of a replacement go and come. */
export type ReplaceOrder = "stop-first" | "start-first";

export interface Replacement {
  readonly order: ReplaceOrder;
  /** Why, for the reader of a plan. */
  readonly because: string;
}

/** How its containers are replaced. */
export interface UpdatePolicy {
  readonly order: "auto" | "start-first" | "stop-first";
  /** How long a new container may take until it is good; undefined: not given. */
  readonly timeoutSeconds: number | undefined;
  readonly onFailure: "rollback" | "stop";
  /** How long at most the old one waits for requests that are in flight; absent: the router's usual. */
  readonly drainSeconds?: number | undefined;
}

/** A one-shot: init-region (step 0), a bootstrap of a service, one with a name of its own, or a service with `detach: false`. */
export interface TaskSpec {
  /** `init.<image name>`, `<service>.<bootstrap>`, its own name, or `<service>`. */
  readonly id: string;
  readonly kind: "init" | "bootstrap" | "exec" | "service";
  /** The service (for init: the first service, by name, that uses the image). */
  readonly service: string;
  readonly step: number;
  readonly containerName: string;
  readonly container: ContainerSpec;
  /** What decides whether it runs again: attribute path to value. */
  readonly inputs: Readonly<Record<string, Text>>;
  /** Seconds after which it is stopped and counts as failed. */
  readonly timeout: number;
  readonly acceptedExitCodes: readonly number[];
  readonly run: "on-change" | "once" | "always";
  readonly requires: readonly Requirement[];
  /** Names of resources that must be in the store; sorted. */
  readonly resources: readonly string[];
}

export interface Requirement {
  /** Name of a service or id of a task of the same deployment. */
  readonly target: string;
  readonly condition: "started" | "healthy" | "completed";
}

export interface Port {
  readonly number: number;
  readonly protocol: "tcp" | "udp" | "http";
  /** URL path under which this port is offered at a domain. */
  readonly path?: string | undefined;
  /** What the router replaces that path by, before the request reaches the service. */
  readonly rewrite?: string | undefined;
}

/** One port of one instance, as others find it in the store's catalogue. */
export interface Registration {
  /** `axon:<deployment>:<service>:<port>:<instance>`, and of the first port that without the port, too. */
  readonly id: string;
  /** What it is asked for by: `<deployment>-<service>-<port>`, and of the first port `<deployment>-<service>`, too. */
  readonly name: string;
  readonly service: string;
  /** From 1. */
  readonly instance: number;
  /** Name of the port. */
  readonly port: string;
  readonly number: number;
  readonly protocol: Port["protocol"];
  readonly path: string | undefined;
  /** What a catalogue that looks by itself looks at; undefined: there is nothing that it could look at. */
  readonly check: RegistrationCheck | undefined;
  /** A host name on the deployment's networks; undefined: the container's own, which is known once it is there. */
  readonly address: string | undefined;
}

export interface RegistrationCheck {
  /** URL path that is asked for; undefined: the port takes a connection. */
  readonly path: string | undefined;
  readonly port: number;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** So many failures in a row make it critical; undefined: the first one does. */
  readonly retries: number | undefined;
  /** It is all that the engine's own health check looks at. */
  readonly isWhole: boolean;
}

/** What decides how a container is made. Each key has one entry in the field table (fields/). */
export interface ContainerSpec {
  readonly image: ImageIdentity;
  /** undefined: the image's own. */
  readonly entrypoint: readonly string[] | undefined;
  /** undefined: the image's own. */
  readonly command: readonly string[] | undefined;
  /** Without what the image itself supplies. */
  readonly env: Readonly<Record<string, Text>>;
  /** undefined: the image's own. */
  readonly user: string | undefined;
  /** undefined: the image's own. */
  readonly workingDir: string | undefined;
  /** Sorted by target. */
  readonly mounts: readonly Mount[];
  /** Sorted by container port, protocol, host address, host port. */
  readonly publish: readonly PublishedPort[];
  /** Path to options, sorted and with commas between them: "mode=1777,size=64m". */
  readonly tmpfs: Readonly<Record<string, string>>;
  /** Those that the file gives. */
  readonly labels: Readonly<Record<string, string>>;
  /** undefined: the engine's. */
  readonly logDriver: string | undefined;
  /** Those that the file gives. */
  readonly logOptions: Readonly<Record<string, string>>;
  /** undefined: the image's own, else SIGTERM. */
  readonly stopSignal: string | undefined;
  /** undefined: the engine's. */
  readonly stopGraceSeconds: number | undefined;
  /** undefined: the image's own, if it has one; "none": switched off. */
  readonly healthcheck: Healthcheck | "none" | undefined;
  readonly restart: RestartPolicy;
  /** Sorted by name. */
  readonly networks: readonly NetworkAttachment[];
  /** `container:<name>`, of whom it shares the network; then it is on none of its own. */
  readonly networkMode: string | undefined;
  /** Sorted by target. */
  readonly files: readonly PlacedFile[];
  /** undefined: the engine's, the container's short id. */
  readonly hostname: string | undefined;
  readonly domainname: string | undefined;
  readonly tty: boolean;
  readonly stdinOpen: boolean;
  readonly readOnly: boolean;
  readonly initProcess: boolean;
  readonly privileged: boolean;
  /** Without CAP_, sorted. */
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  /** Sorted. */
  readonly groupAdd: readonly string[];
  /** `name:address`, sorted. */
  readonly extraHosts: readonly string[];
  /** Sorted. */
  readonly securityOpt: readonly string[];
  /** `source:target:permissions`, sorted. */
  readonly devices: readonly string[];
  readonly gpus: readonly DeviceRequest[];
  readonly sysctls: Readonly<Record<string, string>>;
  /** Name to `soft:hard`; -1 is no limit. */
  readonly ulimits: Readonly<Record<string, string>>;
  /** In the order in which they are asked. */
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOpt: readonly string[];
  /** Whose namespaces it is in (`host`, `container:<name>`); undefined: its own, or (ipc) as the engine has it. */
  readonly pid: string | undefined;
  readonly ipc: string | undefined;
  readonly uts: string | undefined;
  readonly userns: string | undefined;
  /** undefined: 0. */
  readonly oomScoreAdj: number | undefined;
  /** undefined: the engine's. */
  readonly runtime: string | undefined;
  /** Bytes; undefined: the engine's. */
  readonly shmSize: number | undefined;
  /** Bytes; undefined: no limit. */
  readonly memory: number | undefined;
  /** Bytes, memory and swap together; -1: no limit; undefined: twice the memory. */
  readonly memorySwap: number | undefined;
  /** Bytes; undefined: none. */
  readonly memoryReservation: number | undefined;
  /** Of one CPU each; undefined: no limit. */
  readonly cpus: number | undefined;
  /** undefined: as much as others have. */
  readonly cpuShares: number | undefined;
  /** `0-2,5`; undefined: all. */
  readonly cpuset: string | undefined;
  /** Processes and threads; undefined: no limit. */
  readonly pidsLimit: number | undefined;
}

export interface ImageIdentity {
  /** As written: `rock77/website:1.2`. */
  readonly reference: string;
  /** Content address as the engine reports it: `sha256:...`. Two images are the same when this is. */
  readonly id: string;
}

export interface Mount {
  readonly kind: "volume" | "bind" | "tmpfs";
  /** Name of the volume, or an absolute path on the engine's host; "" of a tmpfs. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** What else is said of it: nocopy, subpath, propagation, selinux, size (bytes), mode (octal). Absent: nothing. */
  readonly options?: Readonly<Record<string, string>> | undefined;
  /** The engine makes the path on its host where it is not there. Means nothing for a container that is made. */
  readonly createHostPath?: boolean | undefined;
}

/** A file that is put into the container before it starts. */
export interface PlacedFile {
  readonly target: string;
  /** Permissions: 0o644. */
  readonly mode: number;
  /** Stands for the content: equal for equal ones. */
  readonly digest: string;
  /** Only of what is wanted: engines do not tell. A Secret is not for showing. */
  readonly content?: Text;
}

export interface PublishedPort {
  /** Port inside the container. */
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  /** "" is every address. */
  readonly hostAddress: string;
  /** 0: the engine chooses one. */
  readonly hostPort: number;
}

/** Devices that a driver of the engine finds. */
export interface DeviceRequest {
  /** "": the engine's. */
  readonly driver: string;
  /** -1: all of them; 0 with `deviceIds`. */
  readonly count: number;
  /** Sorted. */
  readonly deviceIds: readonly string[];
  /** Sorted; all of them. */
  readonly capabilities: readonly string[];
  readonly options: Readonly<Record<string, string>>;
}

/** Durations are in milliseconds. */
export interface Healthcheck {
  /** In Docker's form: ["CMD", ...] or ["CMD-SHELL", text]. */
  readonly test: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly retries: number;
  /** Between two checks within the start period. Absent: the engine's. */
  readonly startInterval?: number | undefined;
}

export interface RestartPolicy {
  readonly name: "no" | "always" | "unless-stopped" | "on-failure";
  /** Only for on-failure; 0: no limit. */
  readonly maximumRetries: number;
}

export interface NetworkAttachment {
  readonly name: string;
  /** Sorted; without those that the engine adds by itself (container name, short id). */
  readonly aliases: readonly string[];
  /** Addresses of the container there. Absent: as the engine has it. */
  readonly addresses?: Addresses | undefined;
}

export interface Addresses {
  readonly ipv4?: string | undefined;
  readonly ipv6?: string | undefined;
  /** Sorted. */
  readonly linkLocal?: readonly string[] | undefined;
  /** Lower-case, with colons. */
  readonly mac?: string | undefined;
}

/** What is not given is the engine's, and is no difference. */
export interface NetworkSpec {
  /** Name as the engine knows it: the deployment's, or `<deployment>_<network>`. */
  readonly name: string;
  /** It is there already, and is not the deployment's. */
  readonly external: boolean;
  /** undefined: the engine's, which is bridge. */
  readonly driver: string | undefined;
  readonly driverOpts: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly ipv6: boolean | undefined;
  readonly ipamDriver: string | undefined;
  readonly ipamOptions: Readonly<Record<string, string>>;
  /** By subnet: ip_range, gateway, and aux_addresses as `aux_addresses.<name>`. */
  readonly subnets: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface VolumeSpec {
  /** Name as the engine knows it: `<deployment>-<service>-<volume>`, or `<deployment>_<volume>` for a shared one. */
  readonly name: string;
  /** It is there already, and is not the deployment's. */
  readonly external: boolean;
  /** undefined: the engine's, which is local. */
  readonly driver: string | undefined;
  readonly driverOpts: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** A domain (and path) that leads to a service, in no router's own words. */
export interface RouteSpec {
  readonly name: string;
  /** http: requests are looked at; tcp: connections are passed on as they are. */
  readonly kind: "http" | "tcp";
  /** Lower-case; its first label may be `*`. */
  readonly domain: string;
  /** The beginning of the URL's path; undefined: all of the domain. */
  readonly path: string | undefined;
  /** For readers: `my-site:website:http`. */
  readonly target: string;
  /** They share the requests. */
  readonly servers: readonly RouteServer[];
  /** undefined: open to everyone. */
  readonly auth: RouteAuth | undefined;
  /** What the service sees in place of `path`; undefined: what was asked for. */
  readonly rewrite: string | undefined;
  /** How it is offered encrypted; undefined: it is not. */
  readonly tls: RouteTls | undefined;
  /** Where those are sent who ask without encryption; undefined: they are served. */
  readonly redirect: "https" | undefined;
  /** At which port clients find it there. Absent: 443. */
  readonly redirectPort?: number;
}

export type RouteServer =
  /** An instance of a service of the deployment itself: where it is, is known when it is there. */
  | { readonly service: string; readonly instance: number; readonly port: number }
  /** Anything else, by its name on the network. */
  | { readonly host: string; readonly port: number };

export interface RouteAuth {
  readonly mode: "digest" | "basic";
  readonly realm: string;
  /** Sorted by user; in the form of the mode: `user:realm:md5`, or `user:bcrypt`. */
  readonly users: readonly Secret[];
}

export type RouteTls =
  /** PEM. */
  | { readonly kind: "certificate"; readonly certificate: Text; readonly key: Secret }
  /** The router gets one by itself. `resolver`: who it asks, by the router's own name; undefined: the usual one. */
  | { readonly kind: "acme"; readonly resolver: string | undefined };

/** Its `servers` are empty, and its `target` is what is waited for: `blog:web` or `blog:web:http`. */
export interface PendingRoute extends RouteSpec {
  readonly awaits: {
    readonly deployment: string;
    readonly service: string;
    /** Name or number; undefined: the one that is meant. */
    readonly port: string | undefined;
  };
}

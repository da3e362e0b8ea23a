import { sizeText } from "../../fields/size-text.ts";
import type { ContainerSpec, DeviceRequest, Healthcheck, PublishedPort } from "../../model.ts";
import { literal, mapOf, type Out } from "../out.ts";
import { isComposeLabel } from "./running-container.ts";

/** How one field is written; undefined: it need not be. */
interface Row<T> {
  readonly key: string;
  write(value: T): Out | undefined;
  /** What of it a Servicefile cannot say. */
  unsaid?(value: T): string | undefined;
}

type Rows = { readonly [F in keyof ContainerSpec]: Row<ContainerSpec[F]> | undefined };

/** Every field of a container, in the order in which a service names them. undefined: written elsewhere. */
const ROWS: Rows = {
  image: row("image", ({ reference }) => literal(reference)),
  entrypoint: row("entrypoint", (words) => words?.map(literal)),
  command: row("cmd", (words) => words?.map(literal)),
  env: undefined,
  user: text("user"),
  workingDir: text("working_dir"),
  mounts: undefined,
  tmpfs: row("tmpfs", (paths) => list(Object.entries(paths).map(tmpfsText))),
  publish: row("publish", (ports) => list(ports.map(portText))),
  restart: row("restart", ({ name, maximumRetries }) => {
    return maximumRetries > 0 ? `${name}:${maximumRetries}` : name;
  }),
  healthcheck: row("healthcheck", (check) => (check === "none" ? false : check && checkOf(check))),
  networks: undefined,
  networkMode: undefined,
  files: undefined,
  hostname: text("hostname"),
  domainname: text("domainname"),
  labels: row("labels", (labels) => {
    return texts(Object.entries(labels).filter(([name]) => !isComposeLabel(name)));
  }),
  logDriver: undefined,
  logOptions: undefined,
  stopSignal: text("stop_signal"),
  stopGraceSeconds: row("stop_grace_period", (seconds) => duration(seconds, 1000)),
  tty: flag("tty"),
  stdinOpen: flag("stdin_open"),
  readOnly: flag("read_only"),
  initProcess: flag("init_process"),
  privileged: flag("privileged"),
  capAdd: words("cap_add"),
  capDrop: words("cap_drop"),
  groupAdd: words("group_add"),
  extraHosts: words("extra_hosts"),
  securityOpt: words("security_opt"),
  devices: words("devices"),
  gpus: row("gpus", (requests) => list(requests.map(gpusOut))),
  sysctls: row("sysctls", (settings) => texts(Object.entries(settings))),
  ulimits: row("ulimits", (limits) => map(Object.entries(limits).map(ulimit))),
  dns: words("dns"),
  dnsSearch: words("dns_search"),
  dnsOpt: words("dns_opt"),
  pid: namespace("pid", ["host"]),
  // The last two are what engines give by themselves, as far as anybody can tell.
  ipc: namespace("ipc", ["host", "none"], ["private", "shareable"]),
  uts: namespace("uts", ["host"]),
  userns: namespace("userns", ["host"]),
  oomScoreAdj: row("oom_score_adj", (value) => value),
  runtime: row("runtime", (name) => (name === "runc" ? undefined : name)),
  shmSize: row("shm_size", sizeText),
  memory: row("memory", sizeText),
  memorySwap: row("memory_swap", (bytes) => (bytes === -1 ? undefined : sizeText(bytes))),
  memoryReservation: row("memory_reservation", sizeText),
  cpus: row("cpus", (value) => value),
  cpuShares: row("cpu_shares", (value) => value),
  cpuset: text("cpuset"),
  pidsLimit: row("pids_limit", (value) => value),
};

export type Entries = readonly (readonly [string, Out | undefined])[];

export function writtenFields(spec: ContainerSpec): Entries {
  return (Object.keys(ROWS) as (keyof ContainerSpec)[]).flatMap((name) => written(name, spec));
}

function written<F extends keyof ContainerSpec>(name: F, spec: ContainerSpec): Entries {
  const found: Row<ContainerSpec[F]> | undefined = ROWS[name];
  return found === undefined ? [] : [[found.key, found.write(spec[name])]];
}

/** What the rows cannot write. */
export function unsaidFields(spec: ContainerSpec): readonly string[] {
  return (Object.keys(ROWS) as (keyof ContainerSpec)[]).flatMap((name) => unsaid(name, spec));
}

function unsaid<F extends keyof ContainerSpec>(name: F, spec: ContainerSpec): readonly string[] {
  const found: Row<ContainerSpec[F]> | undefined = ROWS[name];
  const text = found?.unsaid?.(spec[name]);
  return text === undefined ? [] : [text];
}

function row<T>(key: string, write: Row<T>["write"]): Row<T> {
  return { key, write };
}

function text(key: string): Row<string | undefined> {
  return row(key, (value) => (value === undefined ? undefined : literal(value)));
}

/** Another container's, for example, has no name that is the same tomorrow. */
function namespace(
  key: string,
  known: readonly string[],
  usual: readonly string[] = [],
): Row<string | undefined> {
  return {
    key,
    write: (mode) => (mode !== undefined && known.includes(mode) ? mode : undefined),
    unsaid: (mode) => {
      const isSaid = mode === undefined || [...known, ...usual].includes(mode);
      return isSaid ? undefined : `${key}: ${mode}`;
    },
  };
}

function flag(key: string): Row<boolean> {
  return row(key, (value) => value || undefined);
}

function words(key: string): Row<readonly string[]> {
  return row(key, (value) => list(value.map(literal)));
}

function list(items: readonly Out[]): Out | undefined {
  return items.length > 0 ? items : undefined;
}

function map(entries: Entries): Out | undefined {
  return entries.length > 0 ? mapOf(entries) : undefined;
}

function texts(entries: readonly (readonly [string, string])[]): Out | undefined {
  return map(entries.map(([name, value]) => [name, literal(value)]));
}

function tmpfsText([path, options]: readonly [string, string]): string {
  return literal(options === "" ? path : `${path}:${options}`);
}

function portText({ port, protocol, hostAddress, hostPort }: PublishedPort): string {
  const address = hostAddress.includes(":") ? `[${hostAddress}]` : hostAddress;
  const host = hostPort === 0 ? "" : String(hostPort);
  const from = address === "" ? host && `${host}:` : `${address}:${host}:`;
  return `${from}${port}${protocol === "udp" ? "/udp" : ""}`;
}

function gpusOut({ driver, count, deviceIds, capabilities, options }: DeviceRequest): Out {
  return mapOf([
    ["driver", driver === "" ? undefined : literal(driver)],
    ["count", deviceIds.length > 0 ? undefined : count === -1 ? "all" : count],
    ["device_ids", list(deviceIds.map(literal))],
    ["capabilities", list(capabilities.map(literal))],
    ["options", texts(Object.entries(options))],
  ]);
}

function ulimit([name, limits]: readonly [string, string]): readonly [string, Out] {
  const [soft = 0, hard = 0] = limits.split(":").map(Number);
  return [name, soft === hard ? soft : mapOf(Object.entries({ soft, hard }))];
}

/** Where nothing was said, it is the engine's, and Axon's would be another. */
function checkOf({ test, interval, timeout, startPeriod, retries }: Healthcheck): Out {
  return mapOf([
    ["test", test.map(literal)],
    ["interval", duration(interval || 30_000)],
    ["timeout", duration(timeout || 30_000)],
    ["retries", retries || 3],
    ["start_period", duration(startPeriod || undefined)],
  ]);
}

function duration(value: number | undefined, unit = 1): string | undefined {
  if (value === undefined) return undefined;
  const milliseconds = value * unit;
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}

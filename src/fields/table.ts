import type { ImageDefaults } from "../live.ts";
import type { ContainerSpec } from "../model.ts";
import { devices } from "./devices.ts";
import type { DockerContainer, DockerCreate, DockerHostConfig } from "./docker-api.ts";
import { command, entrypoint } from "./entrypoint.ts";
import { env } from "./env.ts";
import type { Change, Delta, Field, Since } from "./field.ts";
import { files } from "./files.ts";
import { initProcess, privileged, readOnly, stdinOpen, tty } from "./flags.ts";
import { gpus } from "./gpus.ts";
import { healthcheck } from "./healthcheck.ts";
import {
  capAdd,
  capDrop,
  dns,
  dnsOpt,
  dnsSearch,
  extraHosts,
  groupAdd,
  securityOpt,
} from "./host-lists.ts";
import { domainname, hostname } from "./hostname.ts";
import { image } from "./image.ts";
import { labels } from "./labels.ts";
import {
  cpuShares,
  cpus,
  cpuset,
  memory,
  memoryReservation,
  memorySwap,
  pidsLimit,
} from "./limits.ts";
import { logDriver, logOptions } from "./logging.ts";
import { mounts } from "./mounts.ts";
import { ipc, pid, runtime, userns, uts } from "./namespaces.ts";
import { networkMode } from "./network-mode.ts";
import { networks } from "./networks.ts";
import { NONE } from "./nothing.ts";
import { oomScoreAdj } from "./oom-score-adj.ts";
import { publish } from "./publish.ts";
import { sysctls, tmpfs, ulimits } from "./records.ts";
import { restart } from "./restart.ts";
import { shmSize } from "./shm-size.ts";
import { stopGraceSeconds, stopSignal } from "./stop.ts";
import { user } from "./user.ts";
import { workingDir } from "./working-dir.ts";

type FieldName = keyof ContainerSpec;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A field added to the model does not compile until it has its row. Readers see them in this order. */
export const FIELDS: { readonly [F in FieldName]: Field<ContainerSpec[F]> } = {
  image,
  entrypoint,
  command,
  env,
  user,
  workingDir,
  mounts,
  publish,
  tmpfs,
  labels,
  logDriver,
  logOptions,
  stopSignal,
  stopGraceSeconds,
  healthcheck,
  restart,
  networks,
  networkMode,
  files,
  hostname,
  domainname,
  tty,
  stdinOpen,
  readOnly,
  initProcess,
  privileged,
  capAdd,
  capDrop,
  groupAdd,
  extraHosts,
  securityOpt,
  devices,
  gpus,
  sysctls,
  ulimits,
  dns,
  dnsSearch,
  dnsOpt,
  pid,
  ipc,
  uts,
  userns,
  oomScoreAdj,
  runtime,
  shmSize,
  memory,
  memorySwap,
  memoryReservation,
  cpus,
  cpuShares,
  cpuset,
  pidsLimit,
};

const NAMES = Object.keys(FIELDS) as FieldName[];

const SUPPLIED = NAMES.filter((name) => FIELDS[name].withoutImage !== undefined);

const IN_PLACE = NAMES.filter((name) => name !== "networks" && FIELDS[name].change !== "replace");

export interface ContainerDiff {
  readonly deltas: readonly { readonly delta: Delta; readonly change: Change }[];
  /** Fields that were compared and are the same. */
  readonly unchanged: number;
}

/** Both without what their images supply. */
export function diffContainer(before: ContainerSpec, after: ContainerSpec): ContainerDiff {
  const deltas: ContainerDiff["deltas"][number][] = [];
  let unchanged = 0;
  for (const name of NAMES) {
    const found = before[name] === after[name] ? NONE : diffField(name, before, after);
    if (found.length === 0) unchanged += 1;
    for (const delta of found) deltas.push({ delta, change: changeOf(name, before, after) });
  }
  return { deltas, unchanged };
}

/** Wanted and live both go through this, each with its own image, before they are compared. */
export function withoutImage(spec: ContainerSpec, image: ImageDefaults): ContainerSpec {
  const without = { ...spec };
  for (const name of SUPPLIED) subtract(name, { spec, image, without });
  return without;
}

/** What of it needs an engine that is newer than the oldest one. */
export function sinceOf(spec: ContainerSpec): readonly Since[] {
  return NAMES.flatMap((name) => newIn(name, spec));
}

export function toDocker(spec: ContainerSpec): DockerCreate {
  const body: DockerCreate = { Image: spec.image.id, HostConfig: {} };
  for (const name of NAMES) addField(name, spec, body);
  return body;
}

/** What the engine changes in place by its update call; networks are joined and left by calls of their own. */
export function toDockerUpdate(spec: ContainerSpec): DockerHostConfig {
  const body: DockerCreate = { Image: spec.image.id, HostConfig: {} };
  for (const name of IN_PLACE) addUpdate(name, spec, body);
  return body.HostConfig;
}

export function fromDocker(container: DockerContainer): ContainerSpec {
  const spec: Mutable<Partial<ContainerSpec>> = {};
  for (const name of NAMES) readField(name, container, spec);
  return spec as ContainerSpec;
}

function newIn<F extends FieldName>(name: F, spec: ContainerSpec): readonly Since[] {
  const field: Field<ContainerSpec[F]> = FIELDS[name];
  return field.since?.(spec[name]) ?? NONE;
}

function diffField<F extends FieldName>(name: F, before: ContainerSpec, after: ContainerSpec) {
  const field: Field<ContainerSpec[F]> = FIELDS[name];
  return field.diff(before[name], after[name]);
}

function changeOf<F extends FieldName>(name: F, before: ContainerSpec, after: ContainerSpec) {
  const { change }: Field<ContainerSpec[F]> = FIELDS[name];
  return typeof change === "function" ? change(before[name], after[name]) : change;
}

interface Subtraction {
  readonly spec: ContainerSpec;
  readonly image: ImageDefaults;
  readonly without: Mutable<ContainerSpec>;
}

function subtract<F extends FieldName>(name: F, { spec, image, without }: Subtraction): void {
  const field: Field<ContainerSpec[F]> = FIELDS[name];
  if (field.withoutImage) without[name] = field.withoutImage(spec[name], image, spec);
}

function addField<F extends FieldName>(name: F, spec: ContainerSpec, body: DockerCreate): void {
  const field: Field<ContainerSpec[F]> = FIELDS[name];
  field.toDocker(spec[name], body);
}

function addUpdate<F extends FieldName>(name: F, spec: ContainerSpec, body: DockerCreate): void {
  const field: Field<ContainerSpec[F]> = FIELDS[name];
  if (field.toDockerUpdate) field.toDockerUpdate(spec[name], body.HostConfig);
  else field.toDocker(spec[name], body);
}

function readField<F extends FieldName>(
  name: F,
  container: DockerContainer,
  spec: Mutable<Partial<ContainerSpec>>,
): void {
  const field: Field<ContainerSpec[F]> = FIELDS[name];
  spec[name] = field.fromDocker(container);
}

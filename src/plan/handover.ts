import type { LiveContainer } from "../live.ts";
import type { ContainerSpec, Mount, PublishedPort } from "../model.ts";
import { compareText } from "./piece.ts";

/** Whether two containers cannot have these host ports at the same time. */
export function portsClash(a: PortHold, b: PortHold): boolean {
  return (
    a.hostPort !== 0 &&
    a.hostPort === b.hostPort &&
    a.protocol === b.protocol &&
    (a.hostAddress === b.hostAddress || isEverywhere(a.hostAddress) || isEverywhere(b.hostAddress))
  );
}

export type PortHold = Pick<PublishedPort, "protocol" | "hostAddress" | "hostPort">;

/**
 * Live containers that hold a host port which another container of this deployment is to have. They are
 * stopped early, and the other one's start waits for that.
 */
export function handovers(
  wanted: readonly { readonly spec: ContainerSpec; readonly liveId: string | undefined }[],
  live: readonly LiveContainer[],
): ReadonlySet<string> {
  const early = live.filter((holder) =>
    wanted.some(({ spec, liveId }) => liveId !== holder.id && clashes(spec, holder)),
  );
  return new Set(early.map(({ id }) => id));
}

/** The live containers that must let go of a host port before this one can start, by name. */
export function holdersFor(
  spec: ContainerSpec,
  liveId: string | undefined,
  live: readonly LiveContainer[],
): LiveContainer[] {
  return live
    .filter((holder) => holder.id !== liveId && clashes(spec, holder))
    .toSorted((a, b) => compareText(a.name, b.name));
}

/** Of containers that nothing wants any more, those that write where this one is to write: perhaps it is the same service under another name. */
export function writersFor(
  { mounts }: ContainerSpec,
  leaving: readonly LiveContainer[],
): LiveContainer[] {
  const written = new Set(mounts.flatMap(writtenPlace));
  return leaving.filter(
    (holder) =>
      isUp(holder) && holder.spec.mounts.flatMap(writtenPlace).some((at) => written.has(at)),
  );
}

/** What another one could be waiting for without saying so. */
export function holdsAlone({ mounts, publish, networks, networkMode }: ContainerSpec): boolean {
  return (
    networkMode !== undefined ||
    mounts.flatMap(writtenPlace).length > 0 ||
    publish.some(({ hostPort }) => hostPort !== 0) ||
    networks.some(({ addresses }) => addresses !== undefined)
  );
}

function writtenPlace({ kind, source, readOnly }: Mount): string[] {
  return kind === "tmpfs" || readOnly ? [] : [`${kind} ${source}`];
}

function clashes(spec: ContainerSpec, holder: LiveContainer): boolean {
  if (!isUp(holder)) return false;
  return spec.publish.some((wanted) =>
    holder.spec.publish.some((held) => portsClash(wanted, held)),
  );
}

function isUp({ status }: LiveContainer): boolean {
  return status === "running" || status === "paused";
}

function isEverywhere(address: string): boolean {
  return address === "" || address === "0.0.0.0" || address === "::";
}

import type { Mount } from "../model.ts";
import type { DockerContainer, DockerMountRequest } from "./docker-api.ts";

/** Name and value; "true" of those that are there or not. */
export type MountOption = readonly [string, string];

type LiveMount = DockerContainer["Mounts"][number];

/** What only the engine's older way of writing a mount can say. */
export function isBind({ createHostPath, options }: Mount): boolean {
  return createHostPath === true || options?.selinux !== undefined;
}

export function toBind({ source, target, readOnly, options = {} }: Mount): string {
  const { selinux, propagation } = options;
  const told = [readOnly ? "ro" : "rw", selinux, propagation].filter((text) => text !== undefined);
  return `${source}:${target}:${told.join(",")}`;
}

export function toMountRequest(mount: Mount): DockerMountRequest {
  const { kind, source, target, readOnly, options = {} } = mount;
  const { nocopy, subpath, propagation, size, mode } = options;
  return {
    Type: kind,
    ...(kind !== "tmpfs" && { Source: source }),
    Target: target,
    ReadOnly: readOnly,
    ...((nocopy ?? subpath) && {
      VolumeOptions: { ...(nocopy && { NoCopy: true }), ...(subpath && { Subpath: subpath }) },
    }),
    ...(propagation && { BindOptions: { Propagation: propagation } }),
    ...((size ?? mode) && {
      TmpfsOptions: {
        ...(size && { SizeBytes: Number(size) }),
        ...(mode && { Mode: Number.parseInt(mode, 8) }),
      },
    }),
  };
}

const PROPAGATION = /^r?(private|shared|slave)$/;

/** The engine tells some of it in the mount, and some only in what it was asked for. */
export function optionsFrom(
  { Type, Destination, Mode = "" }: LiveMount,
  { HostConfig }: DockerContainer,
): Record<string, string> {
  const asked = HostConfig.Mounts?.find(({ Target }) => Target === Destination);
  const modes = Mode.split(",");
  const selinux = modes.find((mode) => mode === "z" || mode === "Z");
  const { SizeBytes, Mode: fileMode } = asked?.TmpfsOptions ?? {};
  // What holds in the end can be another one: engines change it for a path that they live on.
  const propagation =
    asked?.BindOptions?.Propagation ?? modes.find((mode) => PROPAGATION.test(mode));
  return {
    ...((asked?.VolumeOptions?.NoCopy || modes.includes("nocopy")) && { nocopy: "true" }),
    ...(asked?.VolumeOptions?.Subpath && { subpath: asked.VolumeOptions.Subpath }),
    ...(propagation && propagation !== "rprivate" && { propagation }),
    ...(Type === "bind" && selinux && { selinux }),
    ...(SizeBytes && { size: String(SizeBytes) }),
    ...(fileMode && { mode: fileMode.toString(8) }),
  };
}

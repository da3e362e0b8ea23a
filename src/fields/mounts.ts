import type { Mount } from "../model.ts";
import { cleanPath } from "./clean-path.ts";
import { deltaOf, sortedKeys } from "./delta.ts";
import type { DockerContainer } from "./docker-api.ts";
import type { Field } from "./field.ts";
import { isBind, type MountOption, optionsFrom, toBind, toMountRequest } from "./mount-options.ts";

/** The engine names a volume so when nobody named it: those of the image's VOLUME. */
const ANONYMOUS = /^[0-9a-f]{64}$/;

export const mounts: Field<readonly Mount[]> = {
  key: "volumes",
  change: "replace",
  since: (value) =>
    value
      .filter(({ options }) => options?.subpath !== undefined)
      .map(() => ({ path: ["volumes"], what: "subpath", api: "1.45" })),
  diff(before, after) {
    const [old, wanted] = [byTarget(before), byTarget(after)];
    return sortedKeys(old, wanted).flatMap((target) =>
      deltaOf(`volumes.${target}`, old.get(target), wanted.get(target)),
    );
  },
  toDocker(value, { HostConfig }) {
    HostConfig.Mounts = value.filter((mount) => !isBind(mount)).map(toMountRequest);
    const binds = value.filter(isBind).map(toBind);
    if (binds.length > 0) HostConfig.Binds = binds;
  },
  fromDocker: (container) =>
    container.Mounts.flatMap((mount) => fromMount(mount, container)).sort(byTargetName),
};

function fromMount(mount: DockerContainer["Mounts"][number], container: DockerContainer): Mount[] {
  const { Type, Name, Source, Destination, RW } = mount;
  if (Type !== "volume" && Type !== "bind" && Type !== "tmpfs") return [];
  const source = Type === "volume" ? (Name ?? "") : Type === "bind" ? Source : "";
  if (Type === "volume" && ANONYMOUS.test(source)) return [];
  const options = optionsFrom(mount, container);
  const common = { kind: Type, source, target: Destination, readOnly: !RW } as const;
  return [Object.keys(options).length > 0 ? { ...common, options } : common];
}

function byTarget(list: readonly Mount[]): ReadonlyMap<string, string> {
  return new Map(list.map((mount) => [cleanPath(mount.target), describe(mount)]));
}

function byTargetName(a: Mount, b: Mount): number {
  return a.target < b.target ? -1 : Number(a.target > b.target);
}

/** `data:ro`: what is mounted, and how. */
function describe({ kind, source, readOnly, options = {} }: Mount): string {
  const from = kind === "bind" ? cleanPath(source) : kind === "tmpfs" ? "tmpfs" : source;
  const told = [...(readOnly ? ["ro"] : []), ...Object.entries(options).map(asText).sort()];
  return told.length > 0 ? `${from}:${told.join(",")}` : from;
}

function asText([name, value]: MountOption): string {
  return value === "true" ? name : `${name}=${value}`;
}

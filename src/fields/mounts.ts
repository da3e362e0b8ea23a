import type { Mount } from "../model.ts";
import { cleanPath } from "./clean-path.ts";
import { deltaOf, sortedKeys } from "./delta.ts";
import type { DockerContainer } from "./docker-api.ts";
import type { Field } from "./field.ts";

/** The engine names a volume so when nobody named it: those of the image's VOLUME. */
const ANONYMOUS = /^[0-9a-f]{64}$/;

export const mounts: Field<readonly Mount[]> = {
  key: "volumes",
  change: "replace",
  diff(before, after) {
    const [old, wanted] = [byTarget(before), byTarget(after)];
    return sortedKeys(old, wanted).flatMap((target) =>
      deltaOf("volumes", old.get(target), wanted.get(target)),
    );
  },
  toDocker(value, { HostConfig }) {
    HostConfig.Mounts = value.map(({ kind, source, target, readOnly }) => ({
      Type: kind,
      Source: source,
      Target: target,
      ReadOnly: readOnly,
    }));
  },
  fromDocker: ({ Mounts }) => Mounts.flatMap(toMount).sort(byTargetName),
};

function toMount({ Type, Name, Source, Destination, RW }: DockerContainer["Mounts"][number]) {
  if (Type !== "volume" && Type !== "bind") return [];
  const source = Type === "volume" ? (Name ?? "") : Source;
  if (Type === "volume" && ANONYMOUS.test(source)) return [];
  return [{ kind: Type, source, target: Destination, readOnly: !RW } satisfies Mount];
}

function byTarget(list: readonly Mount[]): ReadonlyMap<string, string> {
  return new Map(list.map((mount) => [cleanPath(mount.target), describe(mount)]));
}

function byTargetName(a: Mount, b: Mount): number {
  return a.target < b.target ? -1 : Number(a.target > b.target);
}

function describe({ kind, source, target, readOnly }: Mount): string {
  const from = kind === "bind" ? cleanPath(source) : source;
  return `${from}:${cleanPath(target)}${readOnly ? ":ro" : ""}`;
}

import { AxonError } from "../errors.ts";
import { cleanPath } from "../fields/clean-path.ts";
import { bareVolume } from "../fields/volume-table.ts";
import type { Mount, VolumeSpec } from "../model.ts";
import { own } from "../own.ts";
import type { MountEntry } from "../servicefile/servicefile.ts";
import type { BuildInput } from "./build-input.ts";
import type { ContainerInput } from "./container-spec.ts";

/** What the Servicefile mounts, and what the image's LABEL does where that leaves room. */
export function mountsOf(context: ContainerInput): Mount[] {
  const { draft, input } = context;
  const { entry, entrypoint } = draft;
  const listed = entry.mounts.map((mount) => toMount(mount, context));
  const taken = new Set(listed.map(({ target }) => target));
  const volumes = Object.entries({ ...entrypoint?.volumes, ...entry.volumes });
  const named = volumes.flatMap(([name, target]): Mount[] => {
    if (target === null || taken.has(target)) return [];
    const source = `${input.deployment}-${entry.name}-${name}`;
    return [{ kind: "volume", source, target, readOnly: false }];
  });
  return [...listed, ...named].sort((a, b) => (a.target < b.target ? -1 : 1));
}

function toMount({ path, ...mount }: MountEntry, context: ContainerInput): Mount {
  const { input } = context;
  const { kind, source } = mount;
  if (kind === "tmpfs") return mount;
  if (kind === "volume") return { ...mount, source: volumeName(source, input) };
  const { directory } = input.inputs;
  if (source.startsWith("/")) return { ...mount, source: cleanPath(source) };
  if (directory !== undefined) return { ...mount, source: cleanPath(`${directory}/${source}`) };
  const message = `${context.draft.entry.name}.volumes has a relative path, and the directory is not known`;
  throw new AxonError("SERVICEFILE_INVALID", message, { at: input.servicefile.locate(path) });
}

/** How the engine is to call a volume that services share. */
function volumeName(key: string, { deployment, servicefile }: BuildInput): string {
  const section = own(servicefile.volumes, key);
  if (section?.name !== undefined) return section.name;
  // No service's own volume has an underscore before the volume's name, so that the two are never one.
  return section?.external ? key : `${deployment}_${key}`;
}

/** The volumes that are mounted, by the engine's name: as the file has them, or nothing said but their name. */
export function volumeSpecs(
  mounts: readonly Mount[],
  input: BuildInput,
): Readonly<Record<string, VolumeSpec>> {
  const named = Object.entries(input.servicefile.volumes).map(([key, section]) => {
    const name = volumeName(key, input);
    return [name, { ...section, name }] as const;
  });
  const known = new Map<string, VolumeSpec>(named);
  const mounted = mounts.filter(({ kind }) => kind === "volume").map(({ source }) => source);
  const names = [...new Set(mounted)].sort();
  return Object.fromEntries(names.map((name) => [name, known.get(name) ?? bareVolume(name)]));
}

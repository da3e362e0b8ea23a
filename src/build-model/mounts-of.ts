import { AxonError } from "../errors.ts";
import { cleanPath } from "../fields/clean-path.ts";
import type { Mount } from "../model.ts";
import type { MountEntry } from "../servicefile/servicefile.ts";
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

/** No service's own volume has an underscore before the volume's name, so that the two are never one. */
function toMount(
  { kind, source, target, readOnly, path }: MountEntry,
  context: ContainerInput,
): Mount {
  const { input } = context;
  if (kind === "volume") return { kind, source: `${input.deployment}_${source}`, target, readOnly };
  const { directory } = input.inputs;
  if (source.startsWith("/")) return { kind, source: cleanPath(source), target, readOnly };
  if (directory !== undefined) {
    return { kind, source: cleanPath(`${directory}/${source}`), target, readOnly };
  }
  const message = `${context.draft.entry.name}.volumes has a relative path, and the directory is not known`;
  throw new AxonError("SERVICEFILE_INVALID", message, { at: input.servicefile.locate(path) });
}

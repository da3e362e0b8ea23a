import type {
  Descriptor,
  DescriptorEntrypoint,
  DescriptorPrivileges,
} from "../descriptor/descriptor.ts";
import { readDescriptor } from "../descriptor/read-descriptor.ts";
import { selectEntrypoint } from "../descriptor/select-entrypoint.ts";
import { AxonError, AxonErrors } from "../errors.ts";
import type { ImageFacts } from "../live.ts";
import type { PlacedFile, Port } from "../model.ts";
import { own } from "../own.ts";
import type { EnvSection, ServiceEntry } from "../servicefile/servicefile.ts";
import type { BuildInput, Report } from "./build-input.ts";
import { grantedPrivileges } from "./granted-privileges.ts";
import { servicePorts } from "./service-ports.ts";

/** A service of the file joined with what its image says about itself. */
export interface RawDraft {
  readonly entry: ServiceEntry;
  readonly image: ImageFacts;
  readonly descriptor: Descriptor | undefined;
  readonly entrypoint: DescriptorEntrypoint | undefined;
  /** What its image asks for and gets. */
  readonly privileges: DescriptorPrivileges;
  readonly ports: Readonly<Record<string, Port>>;
}

/** With its references resolved. */
export interface Draft extends RawDraft {
  /** All that the file says of its environment; null removes. */
  readonly env: EnvSection;
  readonly files: readonly PlacedFile[];
  /** Other deployments that its texts refer to, and that are there. */
  readonly elsewhere: readonly string[];
}

export function draftServices(input: BuildInput, report: Report): RawDraft[] {
  const entries = Object.values(input.servicefile.services).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  return entries.flatMap((entry) => collecting(report, () => draftService(input, entry)));
}

function draftService(input: BuildInput, entry: ServiceEntry): RawDraft {
  const image = own(input.images, entry.image);
  if (image === undefined) throw missing(input, entry);
  const descriptor = readDescriptor(image);
  const entrypoint = selectEntrypoint({
    descriptor,
    image: image.reference,
    service: entry.name,
    entrypointOf: entry.entrypointOf,
    at: input.servicefile.locate([entry.key, "entrypoint_of"]),
  });
  const privileges = grantedPrivileges({ entry, entrypoint }, input);
  const ports = servicePorts({
    entry,
    entrypoint,
    image: image.defaults,
    endpoints: input.endpoints,
  });
  const joined = privileges.hostNetwork ? onHostNetwork(entry) : entry;
  return { entry: joined, image, descriptor, entrypoint, privileges, ports };
}

function onHostNetwork(entry: ServiceEntry): ServiceEntry {
  return { ...entry, options: { ...entry.options, networkMode: "host" } };
}

function missing(input: BuildInput, entry: ServiceEntry): AxonError {
  return new AxonError("IMAGE_UNAVAILABLE", `${entry.name}: there is no image ${entry.image}`, {
    at: input.servicefile.locate([entry.key, "image"]),
  });
}

/** Runs one part; what it throws is reported, so that the other parts are still looked at. */
export function collecting<T>(report: Report, part: () => T): T[] {
  try {
    return [part()];
  } catch (problem) {
    if (problem instanceof AxonErrors) for (const error of problem.errors) report(error);
    else if (problem instanceof AxonError) report(problem);
    else throw problem;
    return [];
  }
}

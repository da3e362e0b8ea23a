import { AxonError, type SourcePosition } from "../errors.ts";
import { nearest } from "../servicefile/nearest.ts";
import type { Descriptor, DescriptorEntrypoint } from "./descriptor.ts";

export interface EntrypointChoice {
  readonly descriptor: Descriptor | undefined;
  /** As written, for errors. */
  readonly image: string;
  readonly service: string;
  /** The Servicefile's `entrypoint_of`. */
  readonly entrypointOf: string | undefined;
  /** Where `entrypoint_of`, or else the service, stands in the file. */
  readonly at: SourcePosition | undefined;
}

/**
 * The named entrypoint, else the only one, else the one named like the service. undefined where the image
 * describes none and none is asked for. Throws ENTRYPOINT_UNKNOWN.
 */
export function selectEntrypoint(choice: EntrypointChoice): DescriptorEntrypoint | undefined {
  const { descriptor, service, entrypointOf } = choice;
  const entrypoints = descriptor?.entrypoints ?? {};
  const names = Object.keys(entrypoints);
  if (names.length === 0 && entrypointOf === undefined) return undefined;
  const only = names.length === 1 ? names[0] : undefined;
  const wanted = entrypointOf ?? only ?? service;
  if (!Object.hasOwn(entrypoints, wanted)) throw unknown(choice, names);
  return entrypoints[wanted];
}

function unknown(choice: EntrypointChoice, names: readonly string[]): AxonError {
  const { image, service, entrypointOf, at } = choice;
  const message =
    entrypointOf === undefined
      ? `${service}: ${image} has several entrypoints and none is named ${service}; it has: ${names.join(", ")}`
      : `${service}: ${image} has no entrypoint "${entrypointOf}"; ${names.length === 0 ? "it describes none" : `it has: ${names.join(", ")}`}`;
  return new AxonError("ENTRYPOINT_UNKNOWN", message, { at, hint: hintFor(choice, names) });
}

function hintFor({ entrypointOf }: EntrypointChoice, names: readonly string[]): string {
  if (names.length === 0) return "Remove entrypoint_of.";
  const near = entrypointOf === undefined ? undefined : nearest(entrypointOf, names);
  return near === undefined ? "Name one of them in entrypoint_of." : `did you mean "${near}"?`;
}

import { AxonError } from "../errors.ts";
import type { Requirement } from "../model.ts";
import { nearest } from "../servicefile/nearest.ts";
import type { RequireEntry } from "../servicefile/servicefile.ts";
import type { BuildInput } from "./build-input.ts";
import type { Draft } from "./draft.ts";

/** What can be required by name: every service, and every one-shot by its id. */
export interface Requirable {
  readonly services: ReadonlyMap<string, Draft>;
  readonly tasks: ReadonlySet<string>;
}

/** Who requires, as the file writes it: a service or a one-shot. */
export interface Requirer {
  readonly name: string;
  readonly require: readonly RequireEntry[];
}

/** What the Servicefile requires. Each name must be a service or a one-shot of the same file. */
export function fileRequirements(
  { name, require: entries }: Requirer,
  known: Requirable,
  input: BuildInput,
): Requirement[] {
  return entries.map((require) => {
    const isTask = known.tasks.has(require.target);
    if (!isTask && !known.services.has(require.target))
      throw unknown(name, require, { known, input });
    const condition = require.condition ?? (isTask ? "completed" : "started");
    if (isTask !== (condition === "completed")) throw mismatch(name, require, input);
    return { target: require.target, condition };
  });
}

/** The first word on a target wins: the file's over the descriptor's. */
export function mergedRequirements(requires: readonly Requirement[]): readonly Requirement[] {
  const byTarget = new Map(requires.toReversed().map((require) => [require.target, require]));
  return [...byTarget.values()].sort((a, b) => (a.target < b.target ? -1 : 1));
}

interface Known {
  readonly known: Requirable;
  readonly input: BuildInput;
}

function unknown(name: string, require: RequireEntry, { known, input }: Known): AxonError {
  const names = [...known.services.keys(), ...known.tasks];
  const near = nearest(require.target, names);
  return new AxonError(
    "REQUIRE_UNKNOWN",
    `${name} requires "${require.target}", which is neither a service nor a one-shot`,
    {
      at: input.servicefile.locate(require.path),
      hint: near === undefined ? undefined : `did you mean "${near}"?`,
    },
  );
}

function mismatch(name: string, require: RequireEntry, input: BuildInput): AxonError {
  const message =
    require.condition === "completed"
      ? `${name} requires "${require.target}" to be completed, but it is a service and does not end`
      : `${name} requires "${require.target}" to be ${require.condition}, but it is a one-shot: it can only be completed`;
  return new AxonError("SERVICEFILE_INVALID", message, {
    at: input.servicefile.locate(require.path),
  });
}

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

export interface FileRequirements {
  readonly requires: readonly Requirement[];
  /** Names of resources; sorted. */
  readonly resources: readonly string[];
}

/** What the Servicefile requires: services and one-shots of the same file, and what else is a resource. */
export function fileRequirements(
  { name, require: entries }: Requirer,
  known: Requirable,
  input: BuildInput,
): FileRequirements {
  const isKnown = ({ target }: RequireEntry) =>
    known.tasks.has(target) || known.services.has(target);
  const others = entries.filter((entry) => !isKnown(entry));
  for (const entry of others) checkResource(name, entry, { known, input });
  const requires = entries.filter(isKnown).map((require): Requirement => {
    const isTask = known.tasks.has(require.target);
    const condition = require.condition ?? (isTask ? "completed" : "started");
    if (isTask !== (condition === "completed")) throw mismatch(name, require, input);
    return { target: require.target, condition };
  });
  return { requires, resources: others.map(({ target }) => target).sort() };
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

/**
 * A name that is nothing of the file is a resource, which may come later; but not one that is nearly that of
 * something, that has a dot as bootstraps have, or that is to have started.
 */
function checkResource(
  name: string,
  { target, condition, path }: RequireEntry,
  { known, input }: Known,
): void {
  if (condition === undefined && input.resources?.includes(target)) return;
  const near = nearest(target, [...known.services.keys(), ...known.tasks]);
  if (condition === undefined && near === undefined && !target.includes(".")) return;
  throw new AxonError(
    "REQUIRE_UNKNOWN",
    `${name} requires "${target}", which is neither a service nor a one-shot`,
    {
      at: input.servicefile.locate(path),
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

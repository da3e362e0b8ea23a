import type { DescriptorRequirement } from "../descriptor/descriptor.ts";
import { AxonError } from "../errors.ts";
import type { Requirement } from "../model.ts";
import { reveal } from "../secret.ts";
import { nearest } from "../servicefile/nearest.ts";
import type { RequireEntry } from "../servicefile/servicefile.ts";
import type { BuildInput } from "./build-input.ts";
import type { Draft } from "./draft.ts";
import { requirementEnv } from "./injected-env.ts";

export interface Resolved {
  readonly requires: readonly Requirement[];
  /** The variables that tell the service where to find what it requires. */
  readonly env: Readonly<Record<string, string>>;
  readonly notices: readonly string[];
}

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

/** What the image's descriptor requires: a service or entrypoint of the deployment, else a key of the store. */
export function descriptorRequirements(
  draft: Draft,
  known: Requirable,
  input: BuildInput,
): Resolved {
  const all = Object.entries(draft.entrypoint?.requires ?? {}).map(([name, requirement]) =>
    resolve({ draft, name, requirement }, known, input),
  );
  return {
    requires: all.flatMap(({ requires }) => requires),
    env: Object.assign({}, ...all.map(({ env }) => env)),
    notices: all.flatMap(({ notices }) => notices),
  };
}

interface Need {
  readonly draft: Draft;
  readonly name: string;
  readonly requirement: DescriptorRequirement;
}

function resolve(need: Need, known: Requirable, input: BuildInput): Resolved {
  const provider = findProvider(need.requirement.endpoint, known);
  if (provider !== undefined) return fromService(need, provider, known);
  const address = input.servicefile.config[storeKey(need)] ?? input.config[storeKey(need)];
  if (address !== undefined)
    return { requires: [], env: fromAddress(need, reveal(address)), notices: [] };
  if (need.requirement.optional) return { requires: [], env: {}, notices: [unmet(need)] };
  throw new AxonError("REQUIRE_UNKNOWN", unmet(need), {
    at: input.servicefile.locate([need.draft.entry.key]),
    hint: `Add a service "${need.requirement.endpoint}", or its address as "host:port" under Config: {${storeKey(need)}: ...}.`,
  });
}

function findProvider(endpoint: string, { services }: Requirable): Draft | undefined {
  const byName = services.get(endpoint);
  if (byName !== undefined) return byName;
  return [...services.values()].find(
    ({ entrypoint, descriptor }) => entrypoint?.name === endpoint || descriptor?.name === endpoint,
  );
}

function fromService(need: Need, provider: Draft, known: Requirable): Resolved {
  const { draft, requirement } = need;
  const target = provider.entry.name;
  const isTask = known.tasks.has(target);
  const condition = requirement.wait ?? (isTask ? "completed" : "started");
  const requires = target === draft.entry.name ? [] : [{ target, condition }];
  const port = portOf(need, provider);
  const address =
    port === undefined
      ? {}
      : envFor(need, { host: target, port: String(port.number), protocol: port.protocol });
  return { requires, env: address, notices: [] };
}

function portOf({ draft, requirement }: Need, provider: Draft) {
  const names = Object.keys(provider.ports).sort();
  if (requirement.port === undefined) return provider.ports[names[0] ?? ""];
  const port = provider.ports[requirement.port];
  if (port !== undefined) return port;
  const there = names.length > 0 ? `it has: ${names.join(", ")}` : "it has none";
  throw new AxonError(
    "PORT_UNKNOWN",
    `${draft.entry.name} requires port "${requirement.port}" of ${provider.entry.name}; ${there}`,
  );
}

function fromAddress(need: Need, address: string): Readonly<Record<string, string>> {
  const [host = "", port = ""] = address.split(":");
  return envFor(need, { host, port, protocol: "tcp" });
}

function envFor({ requirement }: Need, target: Parameters<typeof requirementEnv>[1]) {
  return requirement.env === undefined ? {} : requirementEnv(requirement.env, target);
}

function storeKey({ requirement }: Need): string {
  return `endpoints/${requirement.endpoint}`;
}

function unmet({ draft, name, requirement }: Need): string {
  return `${draft.entry.name} requires "${requirement.endpoint}" (its image ${draft.image.reference} says so, as ${name}), and nothing in the deployment or in the store provides it`;
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

import type { DescriptorRequirement } from "../descriptor/descriptor.ts";
import { AxonError } from "../errors.ts";
import type { Requirement } from "../model.ts";
import { own } from "../own.ts";
import { reveal, type Text } from "../secret.ts";
import { type Address, addressIn } from "./address.ts";
import type { BuildInput } from "./build-input.ts";
import { choiceIn, type Offered, offeredAt, offersOf } from "./catalogue.ts";
import type { Draft, RawDraft } from "./draft.ts";
import { locateConfig } from "./image-config.ts";
import { requirementEnv } from "./injected-env.ts";
import type { Requirable } from "./requirements.ts";

export interface Resolved {
  readonly requires: readonly Requirement[];
  /** The variables that tell the service where to find what it requires. */
  readonly env: Readonly<Record<string, string>>;
  /** Other deployments whose networks it must be on. */
  readonly joins: readonly string[];
  readonly notices: readonly string[];
}

const NOTHING: Resolved = { requires: [], env: {}, joins: [], notices: [] };

/**
 * What the image's descriptor requires: a service or entrypoint of the deployment, else what a key of the
 * store says, else a service of another deployment.
 */
export function imageRequirements(draft: Draft, known: Requirable, input: BuildInput): Resolved {
  const all = Object.entries(draft.entrypoint?.requires ?? {}).map(([name, requirement]) =>
    resolve({ draft, name, requirement }, known, input),
  );
  return {
    requires: all.flatMap(({ requires }) => requires),
    env: Object.assign({}, ...all.map(({ env }) => env)),
    joins: [...new Set(all.flatMap(({ joins }) => joins))].sort(),
    notices: all.flatMap(({ notices }) => notices),
  };
}

/** The service of the deployment that an endpoint is about: by its name, its entrypoint or its image. */
export function providerOf<T extends RawDraft>(
  endpoint: string,
  services: ReadonlyMap<string, T>,
): T | undefined {
  const byName = services.get(endpoint);
  if (byName !== undefined) return byName;
  return [...services.values()].find(
    ({ entrypoint, descriptor }) => entrypoint?.name === endpoint || descriptor?.name === endpoint,
  );
}

/** The key of the store that says where an endpoint outside of the deployment is. */
export function endpointConfigKey(endpoint: string): string {
  return `endpoints/${endpoint}`;
}

interface Need {
  readonly draft: Draft;
  readonly name: string;
  readonly requirement: DescriptorRequirement;
}

function resolve(need: Need, known: Requirable, input: BuildInput): Resolved {
  const { endpoint } = need.requirement;
  const provider = providerOf(endpoint, known.services);
  if (provider !== undefined) return fromService(need, provider, known);
  const key = endpointConfigKey(endpoint);
  const told = own(input.servicefile.config, key) ?? own(input.config, key);
  if (told !== undefined) return fromKey(need, told, input);
  const offers = offersOf(endpoint, input);
  const [offer, ...others] = offers;
  if (offer === undefined)
    return unmet(
      need,
      { says: "and nothing in the deployment, in another one or in the store provides it" },
      input,
    );
  if (others.length > 0) {
    const names = offers.map(({ deployment }) => deployment).join(", ");
    const says = `and several deployments provide it: ${names}`;
    return unmet(need, { says, example: offer.deployment }, input);
  }
  const offered = offeredAt(offer, need.requirement.port, input);
  if (offered !== undefined) return fromOffer(need, offered);
  return unmet(need, { says: `and ${offer.deployment}:${endpoint} does not have it` }, input);
}

function fromService(need: Need, provider: Draft, known: Requirable): Resolved {
  const { draft, requirement } = need;
  const target = provider.entry.name;
  const isTask = known.tasks.has(target);
  const condition = requirement.wait ?? (isTask ? "completed" : "started");
  const requires = target === draft.entry.name ? [] : [{ target, condition }];
  const port = portOf(need, provider);
  if (port === undefined) return { ...NOTHING, requires };
  const address = { host: target, port: String(port.number), protocol: port.protocol };
  return { ...NOTHING, requires, env: envFor(need, address) };
}

function portOf({ draft, requirement }: Need, provider: Draft) {
  const names = Object.keys(provider.ports).sort();
  if (requirement.port === undefined) return provider.ports[names[0] ?? ""];
  const port = own(provider.ports, requirement.port);
  if (port !== undefined) return port;
  const there = names.length > 0 ? `it has: ${names.join(", ")}` : "it has none";
  throw new AxonError(
    "PORT_UNKNOWN",
    `${draft.entry.name} requires port "${requirement.port}" of ${provider.entry.name}; ${there}`,
  );
}

/** An address, or which deployment's service is meant. */
function fromKey(need: Need, told: Text, input: BuildInput): Resolved {
  const key = endpointConfigKey(need.requirement.endpoint);
  const text = reveal(told);
  const address = addressIn(text);
  if (address !== undefined) return { ...NOTHING, env: envFor(need, address) };
  const choice = choiceIn(text);
  if (choice === undefined) throw badAddress(need, { key, told }, input);
  const offered = offeredAt(choice, choice.port ?? need.requirement.port, input);
  if (offered !== undefined) return fromOffer(need, offered);
  return unmet(need, { says: `and ${text}, which ${key} names, is not there` }, input);
}

function fromOffer(need: Need, { deployment, address }: Offered): Resolved {
  return { ...NOTHING, env: envFor(need, address), joins: [deployment] };
}

function badAddress(
  { draft }: Need,
  { key, told }: { readonly key: string; readonly told: Text },
  { servicefile }: BuildInput,
): AxonError {
  const isInFile = own(servicefile.config, key) !== undefined;
  const value = typeof told === "string" ? `, and is ${JSON.stringify(told)}` : "";
  const where = isInFile ? `Config.${key}` : `the key ${key} of the store`;
  return new AxonError(
    "SERVICEFILE_INVALID",
    `${where} must say where ${draft.entry.name} finds it, as host:port or deployment:service${value}`,
    { at: isInFile ? locateConfig(key, servicefile) : servicefile.locate([draft.entry.key]) },
  );
}

/** The egresses of an older label have no prefix for variables: the name of what is needed is one. */
function envFor({ requirement }: Need, address: Address): Readonly<Record<string, string>> {
  const { env, endpoint, localPort } = requirement;
  const fallback =
    localPort === undefined ? undefined : endpoint.toUpperCase().replaceAll("-", "_");
  const prefix = env ?? fallback;
  return prefix === undefined ? {} : requirementEnv(prefix, address);
}

interface Unmet {
  readonly says: string;
  /** A deployment that provides it. */
  readonly example?: string;
}

/** A notice where it is optional, else an error. */
function unmet(need: Need, { says, example = "other" }: Unmet, input: BuildInput): Resolved {
  const { draft, name, requirement } = need;
  const { endpoint, port, optional } = requirement;
  const wanted = port === undefined ? `"${endpoint}"` : `port "${port}" of "${endpoint}"`;
  const message = `${draft.entry.name} requires ${wanted} (its image ${draft.image.reference} says so, as ${name}), ${says}`;
  if (optional) return { ...NOTHING, notices: [message] };
  const key = endpointConfigKey(endpoint);
  throw new AxonError("REQUIRE_UNKNOWN", message, {
    at: input.servicefile.locate([draft.entry.key]),
    hint: `Add a service "${endpoint}", or say where it is with Config: {${key}: "host:port"}, or "${example}:${endpoint}" for another deployment's.`,
  });
}

import { own } from "../own.ts";
import { reveal } from "../secret.ts";
import type { BuildInput } from "./build-input.ts";
import { choiceIn, elsewhereIn } from "./catalogue.ts";
import { draftServices } from "./draft.ts";
import { endpointConfigKey, providerOf } from "./image-requirements.ts";

/** What of other deployments must be looked up before a model can be built. */
export interface OutsideNeeds {
  /** Those that the file or the store names. */
  readonly deployments: readonly string[];
  /** Names of services that some other deployment may have. */
  readonly services: readonly string[];
}

/** Domains and references can lead to other deployments, and images can require what this one does not have. */
export function outsideNeeds(input: Omit<BuildInput, "foreignEndpoints">): OutsideNeeds {
  const { servicefile, deployment } = input;
  // What is wrong is told when the model is built.
  const drafts = draftServices({ ...input, foreignEndpoints: {} }, () => undefined);
  const services = new Map(drafts.map((draft) => [draft.entry.name, draft]));
  const endpoints = drafts
    .flatMap(({ entrypoint }) => Object.values(entrypoint?.requires ?? {}))
    .map(({ endpoint }) => endpoint)
    .filter((endpoint) => providerOf(endpoint, services) === undefined);
  const told = (endpoint: string) => {
    const key = endpointConfigKey(endpoint);
    return own(servicefile.config, key) ?? own(input.config, key);
  };
  const chosen = endpoints.flatMap((endpoint) => choiceIn(reveal(told(endpoint) ?? "")) ?? []);
  const ofDomains = Object.values(servicefile.domains).flatMap(
    ({ http, tcp }) => (http ?? tcp)?.deployment ?? [],
  );
  const named = [
    ...ofDomains,
    ...chosen.map((choice) => choice.deployment),
    ...servicefile.references.flatMap(({ name }) => elsewhereIn(name)?.deployment ?? []),
  ];
  return {
    deployments: [...new Set(named)].filter((name) => name !== deployment).sort(),
    services: [...new Set(endpoints.filter((endpoint) => told(endpoint) === undefined))].sort(),
  };
}

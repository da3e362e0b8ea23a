import { looksSecret, Secret, type Text } from "./secret.ts";

/** Where things are in the store. Deployment names are DNS labels, so no name is a prefix of another's tree. */

/** Below it are all deployments. */
export const everyDeployment = "axon/";

/** Below it is everything of one deployment. */
export function deploymentRoot(deployment: string): string {
  return `${everyDeployment}${deployment}/`;
}

/** The deployment's own configuration: init-region writes here, services read it. */
export function configRoot(deployment: string): string {
  return `${deploymentRoot(deployment)}config/`;
}

export function configKey(deployment: string, key: string): string {
  return `${configRoot(deployment)}${key}`;
}

/** Where the services' endpoints are, for other services and for people. */
export function endpointRoot(deployment: string): string {
  return `${deploymentRoot(deployment)}services/`;
}

/** `endpoint` is `<service>/<port name>`. */
export function endpointKey(deployment: string, endpoint: string): string {
  return `${endpointRoot(deployment)}${endpoint}`;
}

/** Whose endpoint a key is about; undefined where it is about none. */
export function endpointDeployment(
  key: string,
): { readonly deployment: string; readonly service: string } | undefined {
  const [, deployment, service] = /^axon\/([^/]+)\/services\/([^/]+)\/[^/]+$/.exec(key) ?? [];
  return deployment === undefined || service === undefined ? undefined : { deployment, service };
}

/** In stores without a catalogue: `<service>/<port>/<instance>`, and `<service>/<instance>` of its first port. */
export function instanceRoot(deployment: string): string {
  return `${deploymentRoot(deployment)}instances/`;
}

/** What Axon itself remembers of the deployment, but for the models of revisions. */
export function stateRoot(deployment: string): string {
  return `${deploymentRoot(deployment)}state/`;
}

export function taskRoot(deployment: string): string {
  return `${deploymentRoot(deployment)}state/tasks/`;
}

/** The record of a one-shot. */
export function taskKey(deployment: string, id: string): string {
  return `${taskRoot(deployment)}${id}`;
}

/** Which config keys deploys wrote because the Servicefile named them. */
export function ownedConfigKey(deployment: string): string {
  return `${deploymentRoot(deployment)}state/config-keys`;
}

/** Which other config keys hold a secret although their name does not say so. */
export function sensitiveKeysKey(deployment: string): string {
  return `${deploymentRoot(deployment)}state/sensitive-keys`;
}

/** One per line. */
export function encodeSensitiveKeys(keys: Iterable<string>): string {
  return [...new Set(keys)].sort().join("\n");
}

export function decodeSensitiveKeys(text: string | undefined): readonly string[] {
  return (text ?? "").split("\n").filter((line) => line !== "");
}

/** Values that were generated once, by name. */
export function generatedRoot(deployment: string): string {
  return `${deploymentRoot(deployment)}state/generated/`;
}

/** Facts that services can require. */
export function resourceRoot(deployment: string): string {
  return `${deploymentRoot(deployment)}state/resources/`;
}

export function resourceKey(deployment: string, name: string): string {
  return `${resourceRoot(deployment)}${name}`;
}

/** Which containers that Axon has not made it keeps. */
export function adoptedKey(deployment: string): string {
  return `${deploymentRoot(deployment)}state/adopted`;
}

/** What the store calls the token of the deployment's containers. */
export function tokenName(deployment: string): string {
  return `axon-${deployment}`;
}

/** Which token the deployment's containers have been given: a number. */
export function tokenNumberKey(deployment: string): string {
  return `${deploymentRoot(deployment)}state/token`;
}

/** The key of the digests that stand for secret values. */
export function digestKeyKey(deployment: string): string {
  return `${deploymentRoot(deployment)}state/digest-key`;
}

/** Who deploys right now. Held as a lock; it stays, empty, when nobody has it. */
export function lockKey(deployment: string): string {
  return `${deploymentRoot(deployment)}state/lock`;
}

/** What the run that is under way was going to do. */
export function journalKey(deployment: string): string {
  return `${deploymentRoot(deployment)}state/journal/run`;
}

/** Number of the revision that was written last. */
export function currentRevisionKey(deployment: string): string {
  return `${deploymentRoot(deployment)}state/current`;
}

export function revisionRoot(deployment: string): string {
  return `${deploymentRoot(deployment)}state/revisions/`;
}

/** What a revision tells in the clear. */
export function revisionKey(deployment: string, number: number): string {
  return `${revisionRoot(deployment)}${number}`;
}

/** The sealed models of one number. Apart from what is in the clear, which a history reads as one list. */
export function revisionModelRoot(deployment: string, number: number): string {
  return `${deploymentRoot(deployment)}revisions/${number}/`;
}

/** The key with which the models of revisions are sealed. */
export function sealingKeyKey(deployment: string): string {
  return `${deploymentRoot(deployment)}state/sealing-key`;
}

/** Below it is what the routers of all deployments read. */
export const routeRoot = "traefik/";

const SECRET_MARK = " secret";

/**
 * One key per line, so that a person can read it with the store's own tools; those whose value is a secret
 * although their name does not say so are marked.
 */
export function encodeOwnedConfig(config: Readonly<Record<string, Text>>): string {
  const lines = Object.entries(config).map(([key, value]) =>
    value instanceof Secret && !looksSecret(key) ? key + SECRET_MARK : key,
  );
  return lines.sort().join("\n");
}

export function decodeOwnedConfig(text: string): readonly OwnedKey[] {
  const lines = [...new Set(text.split("\n"))].filter((line) => line !== "").sort();
  return lines.map((line) => ({
    key: line.replace(SECRET_MARK, ""),
    isSecret: line.endsWith(SECRET_MARK),
  }));
}

export interface OwnedKey {
  readonly key: string;
  readonly isSecret: boolean;
}

import { join } from "node:path";

export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** undefined: there is no such file. */
  readonly readFile: (path: string) => string | undefined;
  readonly homedir: string;
}

/** The parts of the docker command's `config.json` that are read here. */
export interface DockerConfig {
  readonly currentContext?: string;
  readonly auths?: Readonly<Record<string, RegistryEntry>>;
  /** Name of the helper that keeps credentials: `docker-credential-<name>`. */
  readonly credsStore?: string;
  /** The same for one registry. */
  readonly credHelpers?: Readonly<Record<string, string>>;
}

export interface RegistryEntry {
  /** Base64 of `user:password`. */
  readonly auth?: string;
  readonly identitytoken?: string;
}

export function readDockerConfig(sources: ConfigSources): DockerConfig {
  const path = join(configFolder(sources), "config.json");
  return parseDockerJson<DockerConfig>(sources.readFile(path) ?? "{}");
}

export function configFolder({ env, homedir }: ConfigSources): string {
  return env.DOCKER_CONFIG || join(homedir, ".docker");
}

/** The docker command's own files: one that is damaged tells nothing. */
export function parseDockerJson<T extends object>(text: string): Partial<T> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<T>;
  } catch {
    return {};
  }
}

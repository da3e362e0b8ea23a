import type { ImageDefaults } from "../live.ts";
import { looksSecret } from "../secret.ts";
import type { Descriptor, DescriptorConfig, DescriptorEntrypoint } from "./descriptor.ts";

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

const SENSITIVE = "(sensitive)";

/** Every key is always there, in this order; what is not given is null. */
export function descriptorJson(descriptor: Descriptor | undefined) {
  return {
    label: descriptor?.label,
    name: descriptor?.name,
    init: descriptor?.init ? { ...descriptor.init } : undefined,
    config: mapped(descriptor?.config, configJson),
    entrypoints: mapped(descriptor?.entrypoints, entrypointJson),
    bootstrap: mapped(descriptor?.bootstrap, (bootstrap) => ({
      ...bootstrap,
      env: shownEnv(bootstrap.env),
    })),
    notices: descriptor?.notices ?? [],
  };
}

export function defaultsJson({ env, exposedPorts, ...rest }: ImageDefaults) {
  return {
    entrypoint: rest.entrypoint,
    command: rest.command,
    user: rest.user,
    exposedPorts: exposedPorts.map(({ port, protocol }) => `${port}/${protocol}`),
    volumes: rest.volumes,
    hasHealthcheck: rest.hasHealthcheck,
    envNames: Object.keys(env).sort(),
  };
}

/** The environment with what looks secret left out. */
export function shownEnv(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, looksSecret(name) ? SENSITIVE : value]),
  );
}

export function shownDefault(key: string, config: DescriptorConfig): string | undefined {
  const hidden = config.secret || looksSecret(key) || looksSecret(config.env ?? "");
  return config.default !== undefined && hidden ? SENSITIVE : config.default;
}

function configJson(config: DescriptorConfig, key: string) {
  return { ...config, default: shownDefault(key, config) };
}

function entrypointJson({ name: _, ...entrypoint }: DescriptorEntrypoint) {
  return { ...entrypoint, env: shownEnv(entrypoint.env) };
}

function mapped<T, U>(
  record: Readonly<Record<string, T>> | undefined,
  show: (value: T, key: string) => U,
): Record<string, U> {
  const entries = Object.entries(record ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, show(value, key)]));
}

export function orNull(value: unknown): Json {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map(orNull);
  if (typeof value !== "object") return value as Json;
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, orNull(below)]));
}

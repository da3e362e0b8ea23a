import type { ContainerSpec, Model, TokenSpec } from "../model.ts";
import { reveal, type Text } from "../secret.ts";

/** The variable of Consul's own tools and libraries, which images know. */
export const TOKEN_VARIABLE = "CONSUL_HTTP_TOKEN";

/** Whether it is the one that Axon gives, and not one from the file. */
export function isTokenOf(token: TokenSpec | undefined, value: Text | undefined): boolean {
  return token !== undefined && value !== undefined && reveal(value) === token.value.reveal();
}

/** What was wanted once, with the token of now: an earlier one may be nobody's any more, or was never given. */
export function withToken(model: Model, token: TokenSpec | undefined): Model {
  if (token === undefined) return model;
  const withOne = ({ env, ...spec }: ContainerSpec): ContainerSpec => {
    const old = env[TOKEN_VARIABLE];
    const isOurs = model.token === undefined ? old === undefined : isTokenOf(model.token, old);
    return { ...spec, env: isOurs ? { ...env, [TOKEN_VARIABLE]: token.value } : env };
  };
  return {
    ...model,
    token,
    services: mapValues(model.services, (service) => ({
      ...service,
      container: withOne(service.container),
    })),
    tasks: mapValues(model.tasks, (task) => ({ ...task, container: withOne(task.container) })),
  };
}

function mapValues<T>(items: Readonly<Record<string, T>>, map: (item: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(items).map(([name, item]) => [name, map(item)]));
}

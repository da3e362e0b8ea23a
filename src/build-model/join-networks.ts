import type { ContainerSpec, ServiceSpec, TaskSpec } from "../model.ts";

interface Containers {
  readonly services: Readonly<Record<string, ServiceSpec>>;
  readonly tasks: Readonly<Record<string, TaskSpec>>;
}

/** By service: the networks of other deployments on which it and its one-shots find what they require. */
export type Joins = ReadonlyMap<string, readonly string[]>;

const OF_ENGINE = ["host", "bridge"];

export function withJoins({ services, tasks }: Containers, joins: Joins): Containers {
  if ([...joins.values()].every((names) => names.length === 0)) return { services, tasks };
  const join = (container: ContainerSpec, service: string): ContainerSpec => {
    // Who has no network of its own is reached by nobody there, and reaches nobody.
    if (!container.networks.some(({ name }) => !OF_ENGINE.includes(name))) return container;
    const names = (joins.get(service) ?? []).filter(
      (name) => !container.networks.some((attached) => attached.name === name),
    );
    const more = names.map((name) => ({ name, aliases: [] }));
    const networks = [...container.networks, ...more];
    return { ...container, networks: networks.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  };
  return {
    services: mapValues(services, (service) => ({
      ...service,
      container: join(service.container, service.name),
    })),
    tasks: mapValues(tasks, (task) =>
      task.kind === "init" ? task : { ...task, container: join(task.container, task.service) },
    ),
  };
}

function mapValues<T>(items: Readonly<Record<string, T>>, map: (item: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(items).map(([name, item]) => [name, map(item)]));
}

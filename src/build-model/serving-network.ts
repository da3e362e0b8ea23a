import { bareNetwork } from "../fields/network-table.ts";
import type {
  ContainerSpec,
  NetworkAttachment,
  NetworkSpec,
  ServiceSpec,
  TaskSpec,
} from "../model.ts";
import { own } from "../own.ts";

type Networks = Readonly<Record<string, NetworkSpec>>;

interface Containers<S, T> {
  readonly services: Readonly<Record<string, S>>;
  readonly tasks: Readonly<Record<string, T>>;
}

/**
 * Where any service is replaced start-first its networks have a second one each. Such a service has its aliases
 * there and not on the first one, so that a new container of it is reached only once it is healthy, without
 * ever leaving the network on which it talks to others. Everybody on the first joins it, to reach those that
 * serve on it. Answers the networks that are used, too.
 */
export function withServingNetworks<S extends ServiceSpec, T extends TaskSpec>(
  { services, tasks }: Containers<S, T>,
  { known, home }: { readonly known: Networks; readonly home: string },
): Containers<S, T> & { readonly networks: Networks } {
  const served = new Set(
    Object.values(services)
      .filter(({ replacement }) => replacement.order === "start-first")
      .flatMap(({ container }) => container.networks.map(({ name }) => name)),
  );
  const joined = {
    services: mapContainers(services, (container, service) =>
      attach(container, served, service.replacement.order === "start-first"),
    ),
    tasks: mapContainers(tasks, (container) => attach(container, served, false)),
  };
  const containers = [...Object.values(joined.services), ...Object.values(joined.tasks)];
  const names = containers.flatMap(({ container }) => container.networks.map(({ name }) => name));
  const all = { ...known, ...servingSpecs(served, known) };
  const used = [...new Set([home, ...names])].sort();
  return {
    ...joined,
    networks: Object.fromEntries(
      used.flatMap((name) => {
        const spec = own(all, name);
        return spec ? [[name, spec]] : [];
      }),
    ),
  };
}

/** The schema keeps this ending from the names of a file. */
function servingName(network: string): string {
  return `${network}.serving`;
}

/** Two networks cannot have the same bridge, or the same addresses. */
const UNIQUE = "com.docker.network.bridge.name";

function servingSpecs(served: ReadonlySet<string>, known: Networks): Networks {
  const specs = [...served].map((network): NetworkSpec => {
    const { internal = false, driver, driverOpts = {} } = own(known, network) ?? {};
    const options = Object.entries(driverOpts).filter(([name]) => name !== UNIQUE);
    return {
      ...bareNetwork(servingName(network)),
      driver,
      driverOpts: Object.fromEntries(options),
      internal,
    };
  });
  return Object.fromEntries(specs.map((spec) => [spec.name, spec]));
}

function mapContainers<T extends { readonly container: ContainerSpec }>(
  items: Readonly<Record<string, T>>,
  map: (container: ContainerSpec, item: T) => ContainerSpec,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(items).map(([name, item]) => [
      name,
      { ...item, container: map(item.container, item) },
    ]),
  );
}

function attach(
  container: ContainerSpec,
  served: ReadonlySet<string>,
  serves: boolean,
): ContainerSpec {
  const networks = container.networks.flatMap((attached): NetworkAttachment[] => {
    if (!served.has(attached.name)) return [attached];
    const name = servingName(attached.name);
    return serves
      ? [
          { ...attached, aliases: [] },
          { name, aliases: attached.aliases },
        ]
      : [attached, { name, aliases: [] }];
  });
  return { ...container, networks };
}

import { AxonError } from "../errors.ts";
import type {
  ContainerSpec,
  NetworkAttachment,
  Replacement,
  ServiceSpec,
  TaskSpec,
} from "../model.ts";
import type { BuildInput } from "./build-input.ts";
import type { Draft } from "./draft.ts";

/** Whether the new container can run beside the old one, and if not, why. */
export function replacementOf(
  { entry, image }: Draft,
  service: Pick<ServiceSpec, "container" | "update">,
  input: BuildInput,
): Replacement {
  const { order } = service.update;
  const obstacle =
    obstacleTo(service.container, image.defaults.hasHealthcheck) ?? nameObstacle(entry);
  if (order === "stop-first") return { order, because: "the Servicefile says so" };
  if (obstacle === undefined) return { order: "start-first", because: "no downtime expected" };
  if (order === "auto") return { order: "stop-first", because: obstacle };
  throw new AxonError(
    "SERVICEFILE_INVALID",
    `${entry.name} cannot be updated start-first: ${obstacle}`,
    {
      at: input.servicefile.locate([entry.key, "update"]),
      hint: 'Take "order: start-first" out, or what stands in its way.',
    },
  );
}

function obstacleTo(
  { healthcheck, publish, mounts }: ContainerSpec,
  imageHasHealthcheck: boolean,
): string | undefined {
  if (healthcheck === "none" || (healthcheck === undefined && !imageHasHealthcheck)) {
    return "it has no health check";
  }
  const fixed = publish.find(({ hostPort }) => hostPort !== 0);
  if (fixed) return `only one container can have host port ${fixed.hostPort}`;
  const written = mounts.find(({ readOnly }) => !readOnly);
  if (written) return `two containers may not write to ${written.source}`;
  return undefined;
}

/** The engine lets everybody reach a container under its host name, healthy or not. */
function nameObstacle({ name, aliases, options }: Draft["entry"]): string | undefined {
  const isName = [name, ...aliases].some((alias) => alias === options.hostname);
  return isName ? `it is reached under its hostname, ${options.hostname}` : undefined;
}

interface Containers<S, T> {
  readonly services: Readonly<Record<string, S>>;
  readonly tasks: Readonly<Record<string, T>>;
}

/**
 * Where any service is replaced start-first there is a second network. Such a service has its aliases there
 * and not on the first one, so that a new container of it is reached only once it is healthy, without ever
 * leaving the network on which it talks to others. Everybody joins it, to reach those that serve on it.
 */
export function withServingNetwork<S extends ServiceSpec, T extends TaskSpec>(
  deployment: string,
  { services, tasks }: Containers<S, T>,
): Containers<S, T> & { readonly servingNetwork: string | undefined } {
  const isNeeded = Object.values(services).some(
    ({ replacement }) => replacement.order === "start-first",
  );
  if (!isNeeded) return { services, tasks, servingNetwork: undefined };
  // A deployment's name has no dot, so no other deployment can have a network of this name.
  const servingNetwork = `${deployment}.serving`;
  return {
    servingNetwork,
    services: mapContainers(services, (container, service) =>
      attach(container, servingNetwork, service.replacement.order === "start-first"),
    ),
    tasks: mapContainers(tasks, (container) => attach(container, servingNetwork, false)),
  };
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

function attach(container: ContainerSpec, network: string, serves: boolean): ContainerSpec {
  const aliases = serves ? container.networks.flatMap((attached) => attached.aliases) : [];
  const others = container.networks.map(
    (attached): NetworkAttachment => (serves ? { ...attached, aliases: [] } : attached),
  );
  return { ...container, networks: [...others, { name: network, aliases }] };
}

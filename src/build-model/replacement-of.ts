import { AxonError } from "../errors.ts";
import type { ContainerSpec, Mount, NetworkSpec, Replacement, ServiceSpec } from "../model.ts";
import { own } from "../own.ts";
import type { BuildInput } from "./build-input.ts";
import type { Draft } from "./draft.ts";

interface Replaceable extends Pick<ServiceSpec, "container" | "update"> {
  readonly networks: Readonly<Record<string, NetworkSpec>>;
}

/** Whether the new container can run beside the old one, and if not, why. */
export function replacementOf(
  { entry, image }: Draft,
  service: Replaceable,
  input: BuildInput,
): Replacement {
  const { order } = service.update;
  const obstacle =
    obstacleTo(service.container, image.defaults.hasHealthcheck) ??
    networkObstacle(entry, service) ??
    nameObstacle(entry);
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
  const written = mounts.find(({ kind, readOnly }) => kind !== "tmpfs" && !readOnly);
  return written && `two containers may not write to ${sharedPlace(written)}`;
}

/** A path of the host is known to the reader by where it is in the container. */
function sharedPlace({ kind, source, target }: Mount): string {
  return kind === "volume" ? source : `what is mounted at ${target}`;
}

/** Only a network of the deployment's own can have another one beside it, on which the new container is reached. */
function networkObstacle(
  { options: { networkMode } }: Draft["entry"],
  { container, networks }: Replaceable,
): string | undefined {
  if (networkMode !== undefined && networkMode !== "none") return `its network is ${networkMode}`;
  const addresses = container.networks.flatMap(({ addresses: all = {} }) => [
    ...Object.values(all).flat(),
  ]);
  if (addresses[0] !== undefined) return `only one container can have address ${addresses[0]}`;
  const specs = container.networks.flatMap(({ name }) => own(networks, name) ?? []);
  const external = specs.find((spec) => spec.external);
  if (external) return `it is reached on the external network ${external.name}`;
  const special = specs.find(({ driver = "bridge" }) => driver !== "bridge");
  return special && `its network ${special.name} is ${special.driver}`;
}

/** The engine lets everybody reach a container under its host name, healthy or not. */
function nameObstacle({ name, networks = [], options }: Draft["entry"]): string | undefined {
  const aliases = networks.flatMap((network) => network.aliases);
  const isName = [name, ...aliases].some((alias) => alias === options.hostname);
  return isName ? `it is reached under its hostname, ${options.hostname}` : undefined;
}

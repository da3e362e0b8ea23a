import type { LiveContainer } from "../live.ts";
import type { Replacement, ServiceSpec } from "../model.ts";
import { spareNames } from "../spare-names.ts";
import type { Decision } from "./decide-instance.ts";
import type { ContainerHandle } from "./plan.ts";
import type { InstanceRegistrations } from "./plan-registrations.ts";
import type { RouteMove } from "./route-moves.ts";

/** One wanted instance with what was decided about it. */
export interface Instance {
  readonly deployment: string;
  readonly service: ServiceSpec;
  /** From 1. */
  readonly number: number;
  readonly containerName: string;
  readonly live: LiveContainer | undefined;
  /** One of its earlier containers, which has its name and goes. */
  readonly predecessor: LiveContainer | undefined;
  readonly decision: Decision;
  readonly replacement: Replacement;
  readonly registrations: InstanceRegistrations;
  /** Attribute paths that were changed by somebody else since the last deploy. */
  readonly drifted: ReadonlySet<string>;
  /** The last deploy had it. */
  readonly wasMade: boolean;
}

/** What an instance's operations have to wait for. */
export interface Waits {
  /** Before anything of it is made. */
  readonly create: readonly string[];
  /** Before it runs: what it requires, and what others hold until then. */
  readonly start: readonly string[];
  /** Whether it runs with what another one holds until then: a host port, or a place that both write to. */
  readonly takesOver: boolean;
  /** Whether its old container stops when another one needs its host port, which may be before its own turn. */
  readonly stopsEarly: boolean;
  /** Before its old container is started again: those that took its host port have let go of it. */
  readonly undo: readonly string[];
  /** The routes that lead to its old container, on their way to the next one. */
  moves(next: ContainerHandle): readonly RouteMove[];
}

export function addressOf({ service, number }: Pick<Instance, "service" | "number">): string {
  const single = service.containerNames.length === 1;
  return single ? `service.${service.name}` : `service.${service.name}.${number}`;
}

/** Of the change by which a container goes that is no wanted instance. */
export function removedAddress({ name }: LiveContainer): string {
  return `container.${name}`;
}

export function readyOperation(containerName: string): string {
  return `container.awaitReady:${containerName}`;
}

/** The operation after which a live container does not hold its host ports any more. */
export function stopOperation(live: LiveContainer): string {
  return `container.stop:${live.name}`;
}

/** Whichever of these is planned takes back what was made for an instance. */
export function undoOperations(containerName: string): string[] {
  return [
    `undo.stop:${containerName}`,
    `undo.remove:${containerName}`,
    `undo.remove:${spareNames(containerName).next}`,
  ];
}

/** What needs this container's name waits for this, whether or not it is planned. */
export function removeOperation(containerName: string): string {
  return `container.remove:${containerName}`;
}

/** After this a live container that was named otherwise has the name of its instance. */
export function renameOperation(live: LiveContainer): string {
  return `container.rename:${live.name}`;
}

/** After this the successor has the name of the instance. */
export function succeedOperation(containerName: string): string {
  return `container.succeed:${containerName}`;
}

export function handleOf(live: LiveContainer): ContainerHandle {
  return { id: live.id };
}

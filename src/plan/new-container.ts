import type { ContainerSpec } from "../model.ts";
import { addressOf, type Instance, readyOperation } from "./instance.ts";
import type { ContainerHandle, Operation } from "./plan.ts";

export interface NewContainer {
  /** Need not be its last. */
  readonly name: string;
  readonly spec: ContainerSpec;
  readonly after: readonly string[];
}

/** Makes a container for an instance. */
export function creation(instance: Instance, { name, spec, after }: NewContainer): Operation {
  const { deployment, service, number } = instance;
  return {
    id: `container.create:${name}`,
    kind: "container.create",
    name,
    identity: { deployment, service: service.name, instance: number, kind: service.kind },
    spec,
    after,
    change: addressOf(instance),
  };
}

const SETTLE_SECONDS = 0.5;

/** What dies in its second second must not cost the container that it was to replace. */
const SETTLE_SECONDS_OF_SUCCESSOR = 1.5;

/** Waits until it is good: healthy, or running where its health is not looked at. */
export function ready(
  instance: Instance,
  container: ContainerHandle,
  after: readonly string[],
): Operation {
  const { container: spec, update } = instance.service;
  const isSuccessor = instance.decision.kind === "replace";
  return {
    id: readyOperation(instance.containerName),
    ...readiness(spec, update),
    ...(isSuccessor && { settleSeconds: SETTLE_SECONDS_OF_SUCCESSOR }),
    container,
    after,
    change: addressOf(instance),
  };
}

export function readiness(
  { healthcheck }: ContainerSpec,
  { timeoutSeconds }: Instance["service"]["update"],
) {
  return {
    kind: "container.awaitReady",
    until: healthcheck === "none" ? "running" : "healthy",
    timeoutSeconds,
    settleSeconds: SETTLE_SECONDS,
  } as const;
}

import { bareNetwork } from "../fields/network-table.ts";
import { bareVolume } from "../fields/volume-table.ts";
import type { LiveEngine } from "../live.ts";
import type { ContainerSpec, Model } from "../model.ts";

interface SystemContainer {
  readonly service: string;
  /** Of the container and of its volume. */
  readonly name: string;
  readonly container: ContainerSpec;
  /** Why the old one is stopped before its successor starts. */
  readonly because: string;
}

/** A part of the reserved deployment: one container, with its data on a named volume. */
export function systemPart(
  deployment: string,
  { service, name, container, because }: SystemContainer,
): Model {
  const network = systemNetwork(deployment);
  return {
    ...noPart(deployment),
    networks: { [network]: bareNetwork(network) },
    services: {
      [service]: {
        name: service,
        kind: "system",
        step: 1,
        containerNames: [name],
        container,
        ports: {},
        requires: [],
        resources: [],
        update: { order: "stop-first", timeoutSeconds: undefined, onFailure: "rollback" },
        replacement: { order: "stop-first", because },
        injected: [],
      },
    },
    volumes: { [name]: bareVolume(name) },
  };
}

/** A part that is not wanted. */
export function noPart(deployment: string): Model {
  return {
    deployment,
    network: systemNetwork(deployment),
    networks: {},
    services: {},
    tasks: {},
    volumes: {},
    config: {},
    generated: {},
    generatedConfig: {},
    endpoints: {},
    routes: {},
    storeAlias: undefined,
  };
}

/** The engine moves published ports to the first network by name: joining another one must not move them. */
export function systemNetwork(deployment: string): string {
  return `0-axon-${deployment}`;
}

/**
 * The system deployment is planned in parts, each by whoever needs it: what is another part's counts as not there,
 * so that it is left alone.
 */
export function onlyPart(live: LiveEngine, service: string): LiveEngine {
  return {
    ...live,
    containers: live.containers.filter(({ identity }) => identity.service === service),
  };
}

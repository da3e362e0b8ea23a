import type { ContainerSpec } from "../../model.ts";

/** A container that is to become a service. */
export interface RunningContainer {
  readonly name: string;
  readonly status: string;
  /** Without what its image supplies. */
  readonly spec: ContainerSpec;
  /** What it has besides, in words for a reader. */
  readonly beyond: readonly string[];
}

const LABEL = "com.docker.compose.";

/** What Compose has noted on a container that it made. */
export function composeLabel({ spec }: RunningContainer, name: string): string | undefined {
  return Object.hasOwn(spec.labels, LABEL + name) ? spec.labels[LABEL + name] : undefined;
}

export function isComposeLabel(name: string): boolean {
  return name.startsWith(LABEL);
}

import type { Operation } from "./plan.ts";

const LEAVE = "network.leave:";

/** Clearing away the old container is nothing that the next step has to wait for, and so is leaving a network. */
export function isCleanUp(id: string): boolean {
  return id.startsWith("container.remove:") || id.startsWith(LEAVE);
}

/** Of a replacement whose new container serves: nothing that the next step has to wait for. */
export function isFarewell(id: string): boolean {
  return id.startsWith("route.drain:") || id.startsWith("route.clear:");
}

/** By this a container leaves a network when all else is done. */
export function leaveOperation(container: string, network: string): string {
  return `${LEAVE}${container}:${network}`;
}

/** Whom a container looks up on a network may be found there until its successor is good elsewhere. */
export function leaveLast(
  operations: readonly Operation[],
  planned: readonly string[],
): readonly Operation[] {
  const before = planned.filter((id) => !id.startsWith(LEAVE));
  return operations.map((operation) =>
    operation.id.startsWith(LEAVE) ? { ...operation, after: before } : operation,
  );
}

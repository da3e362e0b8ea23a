import type { LiveContainer } from "../live.ts";
import { addressOf, handleOf, type Instance, readyOperation } from "./instance.ts";
import type { Operation } from "./plan.ts";

/** Asks what is there already, once it is as it is to be. */
export function askReady(
  instance: Instance,
  live: LiveContainer,
  after: readonly string[],
): Operation {
  return {
    id: readyOperation(instance.containerName),
    kind: "container.awaitReady",
    container: handleOf(live),
    until: "healthy",
    timeoutSeconds: undefined,
    settleSeconds: 0,
    instance: addressOf(instance),
    after,
    change: undefined,
  };
}

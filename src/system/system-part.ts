import type { LiveEngine } from "../live.ts";

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

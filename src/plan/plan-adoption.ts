import { encodeAdopted } from "../adopted.ts";
import type { AdoptedInstance, LiveStore } from "../live.ts";
import { adoptedKey } from "../store-layout.ts";
import type { Instance } from "./instance.ts";
import type { Operation } from "./plan.ts";

/**
 * A container that Axon has not made cannot be labelled, so the store remembers whose it is: before anything
 * is done to it, and until it is replaced by one of Axon's own or gone.
 */
export function planAdoption(
  deployment: string,
  instances: readonly Instance[],
  store: LiveStore,
): Operation[] {
  const kept: Record<string, AdoptedInstance> = {};
  for (const { live, service, number } of instances) {
    if (live?.adopted === undefined) continue;
    kept[live.id] = { service: service.name, instance: number };
  }
  const value = encodeAdopted(kept);
  if (value === encodeAdopted(store.adopted)) return [];
  const isNew = instances.some(({ live }) => live?.adopted === "new");
  // What is gone from the engine is forgotten along with other work, and is no reason to work.
  if (!isNew) return [];
  return [
    {
      id: ADOPTION,
      kind: "store.write",
      writes: [{ kind: "put", key: adoptedKey(deployment), value }],
      after: [],
      change: undefined,
    },
  ];
}

export const ADOPTION = "store.write:adopted";

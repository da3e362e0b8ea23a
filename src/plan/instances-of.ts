import type { Model, ServiceSpec } from "../model.ts";
import { own } from "../own.ts";
import { decideInstance } from "./decide-instance.ts";
import { driftedPaths, type Previous } from "./drift.ts";
import type { Instance } from "./instance.ts";
import type { LiveIndex } from "./live-index.ts";
import type { RegistrationIndex } from "./plan-registrations.ts";

interface InstanceContext {
  readonly model: Model;
  readonly index: LiveIndex;
  readonly previous: Previous;
  readonly registrations: RegistrationIndex;
}

/** The wanted instances of a service, with what is to become of each: first those that do not serve. */
export function instancesOf(
  service: ServiceSpec,
  { model, index, previous, registrations }: InstanceContext,
): Instance[] {
  const instances = service.containerNames.map((containerName, position): Instance => {
    const live = index.instance(service.name, position + 1);
    return {
      deployment: model.deployment,
      service,
      number: position + 1,
      containerName,
      live,
      predecessor: index.orphans.find(
        ({ name, identity }) =>
          name === containerName &&
          identity.service === service.name &&
          identity.instance === position + 1,
      ),
      decision: decideInstance(
        { containerName, container: service.container, injected: service.injected },
        live,
      ),
      replacement: service.replacement,
      registrations: registrations.of({ name: service.name, instance: position + 1 }),
      drifted: live === undefined ? new Set<string>() : driftedPaths(previous, live),
      wasMade: own(previous?.services, service.name)?.containerNames[position] !== undefined,
    };
  });
  return instances.toSorted((a, b) => Number(serves(a)) - Number(serves(b)));
}

function serves({ live }: Instance): boolean {
  return live?.status === "running" && (live.health === "healthy" || live.health === "none");
}

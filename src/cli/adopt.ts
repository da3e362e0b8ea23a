import type { Engine } from "../engine/engine.ts";
import { AxonError } from "../errors.ts";
import { withoutImage } from "../fields/table.ts";
import type { ContainerIdentity, Live, LiveContainer, LiveEngine } from "../live.ts";
import type { Model } from "../model.ts";
import type { Context } from "./context.ts";

interface Adoption {
  readonly engine: Engine;
  readonly model: Pick<Model, "deployment" | "services">;
  readonly live: Live;
  /** Containers to take over that Axon has not made: true finds them by name. */
  readonly wanted: boolean;
}

/** What is live, with the containers that Axon has not made but keeps, and with those that it is to take over. */
export async function withAdopted(adoption: Adoption, context: Context): Promise<Live> {
  const { model, live } = adoption;
  const known = Object.entries(live.store.adopted).map(
    ([reference, instance]): Taken => ({ reference, ...instance, adopted: "known" }),
  );
  const kept = withContainers(live, await takeAll(known, adoption, context));
  if (!adoption.wanted) return kept;
  return withContainers(kept, await takeAll(findNew(model, kept), adoption, context));
}

async function takeAll(
  all: readonly Taken[],
  adoption: Adoption,
  context: Context,
): Promise<LiveContainer[]> {
  const taken = await Promise.all(all.map((one) => take(one, adoption, context)));
  return taken.filter((container) => container !== undefined);
}

function withContainers(live: Live, containers: readonly LiveContainer[]): Live {
  return containers.length === 0 ? live : { ...live, engine: merge(live.engine, containers) };
}

function findNew(model: Adoption["model"], { engine }: Live): Taken[] {
  return missingInstances(model, engine).flatMap(({ service, instance }) => {
    const reference = candidate(service, instance, engine);
    return reference === undefined ? [] : [{ reference, service, instance, adopted: "new" }];
  });
}

async function take(
  { reference, service, instance, adopted }: Taken,
  { engine, model }: Adoption,
  { stop }: Context,
): Promise<LiveContainer | undefined> {
  const container = await engine.inspectContainer(reference, stop);
  if (container === undefined) return undefined;
  const image = await engine.inspectImage(container.spec.image.id, stop);
  const spec = image ? withoutImage(container.spec, image.defaults) : container.spec;
  const { deployment } = model;
  const identity: ContainerIdentity = { deployment, service, instance, kind: "service" };
  return { ...container, spec, identity, adopted };
}

/** What is taken over stands in nobody's way any more. */
function merge(state: LiveEngine, containers: readonly LiveContainer[]): LiveEngine {
  const names = new Set(containers.map(({ name }) => name));
  const { foreign } = state;
  return {
    ...state,
    containers: [...state.containers, ...containers],
    foreign: {
      ...foreign,
      containerNames: Object.fromEntries(
        Object.entries(foreign.containerNames).filter(([name]) => !names.has(name)),
      ),
      publishedPorts: foreign.publishedPorts.filter(({ holder }) => !names.has(holder)),
      adoptable: foreign.adoptable.filter((name) => !names.has(name)),
    },
  };
}

interface Taken {
  readonly reference: string;
  readonly service: string;
  readonly instance: number;
  readonly adopted: "new" | "known";
}

function missingInstances(model: Adoption["model"], engine: LiveEngine) {
  return Object.values(model.services).flatMap(({ name, containerNames }) =>
    containerNames.flatMap((_, index) => {
      const instance = index + 1;
      const isThere = engine.containers.some(
        ({ identity }) => identity.service === name && identity.instance === instance,
      );
      return isThere ? [] : [{ service: name, instance }];
    }),
  );
}

/** A container that is called as the service is, or as Compose calls that instance of it in any project. */
function candidate(service: string, instance: number, { foreign }: LiveEngine): string | undefined {
  const { adoptable } = foreign;
  if (instance === 1 && adoptable.includes(service)) return service;
  const endings = [`-${service}-${instance}`, `_${service}_${instance}`];
  const found = adoptable.filter((name) => endings.some((ending) => name.endsWith(ending)));
  if (found.length < 2) return found[0];
  throw new AxonError(
    "NAME_TAKEN",
    `${service} could take over several containers: ${found.join(", ")}`,
    {
      hint: `Rename the right one to ${service}.`,
    },
  );
}

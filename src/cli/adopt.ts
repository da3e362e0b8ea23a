import type { Engine } from "../engine/engine.ts";
import { AxonError } from "../errors.ts";
import { withoutImage } from "../fields/table.ts";
import type {
  AdoptableContainer,
  AdoptedInstance,
  ContainerIdentity,
  Live,
  LiveContainer,
  LiveEngine,
} from "../live.ts";
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
  const services = Object.keys(model.services);
  const claims = engine.foreign.adoptable.flatMap((container): Claim[] => {
    const meant = meantFor(container, services);
    return meant === undefined ? [] : [{ ...meant, name: container.name }];
  });
  return missingInstances(model, engine).flatMap(({ service, instance }) => {
    const found = claims.filter((one) => one.service === service && one.instance === instance);
    const reference = theOne(found, service);
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
      adoptable: foreign.adoptable.filter(({ name }) => !names.has(name)),
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

interface Claim extends AdoptedInstance {
  readonly name: string;
}

/** One container is for one instance: as Compose's labels say, as it is called, or as Compose calls that instance in any project. */
function meantFor(
  { name, composed }: AdoptableContainer,
  services: readonly string[],
): AdoptedInstance | undefined {
  if (composed !== undefined && services.includes(composed.service)) return composed;
  if (services.includes(name)) return { service: name, instance: 1 };
  if (composed !== undefined) return undefined;
  const [, before = "", separator = "", number] = /^(.+)([-_])([1-9]\d*)$/.exec(name) ?? [];
  const [service] = services
    .filter((one) => before.endsWith(`${separator}${one}`))
    .toSorted((a, b) => b.length - a.length);
  return service === undefined ? undefined : { service, instance: Number(number) };
}

/** Of several, the one that is called as the service is. */
function theOne(found: readonly Claim[], service: string): string | undefined {
  if (found.length < 2) return found[0]?.name;
  if (found.some(({ name }) => name === service)) return service;
  const names = found.map(({ name }) => name).join(", ");
  throw new AxonError("NAME_TAKEN", `${service} could take over several containers: ${names}`, {
    hint: `Rename the right one to ${service}.`,
  });
}

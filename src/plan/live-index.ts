import { diffContainer } from "../fields/table.ts";
import type { LiveContainer } from "../live.ts";
import type { ContainerSpec, Model } from "../model.ts";
import { spareNames } from "../spare-names.ts";
import { compareText } from "./piece.ts";

export interface LiveIndex {
  /** The container that is this instance of the service, if there is one. */
  instance(service: string, number: number): LiveContainer | undefined;
  /** Ours, but no instance that is wanted: services that are gone, one-shots that were left, doubles. */
  readonly orphans: readonly LiveContainer[];
}

/** Sorts out which live container is which wanted instance. Identity is in labels, not in names. */
export function indexLive(model: Model, containers: readonly LiveContainer[]): LiveIndex {
  const instances = new Map<string, LiveContainer>();
  const reserved = reservedNames(model);
  const candidates = byIdentity(containers);
  for (const service of Object.values(model.services)) {
    service.containerNames.forEach((name, index) => {
      const found = candidates.get(`${service.kind} ${keyOf(service.name, index + 1)}`) ?? [];
      const chosen = choose(
        found.filter((container) => isFree(reserved.get(container.name), name)),
        { name, spec: service.container },
      );
      if (chosen) instances.set(keyOf(service.name, index + 1), chosen);
    });
  }
  const used = new Set([...instances.values()].map(({ id }) => id));
  return {
    instance: (service, number) => instances.get(keyOf(service, number)),
    orphans: containers
      .filter(({ id }) => !used.has(id))
      .toSorted((a, b) => compareText(a.name, b.name)),
  };
}

/** Each name that is wanted, also for the time of a replacement, and the container that it is for. */
function reservedNames({ services, tasks }: Model): ReadonlyMap<string, string> {
  const names = [
    ...Object.values(services).flatMap(({ containerNames }) => containerNames),
    ...Object.values(tasks).map(({ containerName }) => containerName),
  ];
  return new Map(
    names.flatMap((name) => [...Object.values(spareNames(name)), name].map((key) => [key, name])),
  );
}

/** A container that was renamed to what another one is to be called cannot keep that name until its turn. */
function isFree(owner: string | undefined, name: string): boolean {
  return owner === undefined || owner === name;
}

function byIdentity(
  containers: readonly LiveContainer[],
): ReadonlyMap<string, readonly LiveContainer[]> {
  const found = new Map<string, LiveContainer[]>();
  for (const container of containers) {
    const { kind, service, instance } = container.identity;
    const key = `${kind} ${keyOf(service, instance)}`;
    const same = found.get(key);
    if (same) same.push(container);
    else found.set(key, [container]);
  }
  return found;
}

interface Wanted {
  readonly name: string;
  readonly spec: ContainerSpec;
}

/**
 * A run that was cut short can leave a second one behind. Of several, the one that is good already; else the
 * one with the right name.
 */
function choose(found: readonly LiveContainer[], wanted: Wanted): LiveContainer | undefined {
  if (found.length < 2) return found[0];
  const rank = (container: LiveContainer) =>
    Number(!isGood(container, wanted)) * 4 +
    Number(container.name !== wanted.name) * 2 +
    Number(container.status !== "running");
  return found.toSorted((a, b) => rank(a) - rank(b) || compareText(a.id, b.id))[0];
}

/** Without a health check only its name tells whether it has stayed up long enough. */
function isGood({ name, status, health, spec }: LiveContainer, wanted: Wanted): boolean {
  if (status !== "running" || health === "starting" || health === "unhealthy") return false;
  if (health === "none" && name === spareNames(wanted.name).next) return false;
  return diffContainer(spec, wanted.spec).deltas.every(({ change }) => change === "update");
}

function keyOf(service: string, number: number): string {
  return `${service} ${number}`;
}

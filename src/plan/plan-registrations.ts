import { factsOf } from "../discovery/facts.ts";
import { ownAddress, ownerOf, registrationsFor } from "../discovery/registrations-for.ts";
import type { Delta } from "../fields/field.ts";
import type {
  ContainerIdentity,
  Live,
  LiveContainer,
  LiveRegistration,
  ToldHealth,
} from "../live.ts";
import type { Model, Registration } from "../model.ts";
import { own } from "../own.ts";
import type { Previous } from "./drift.ts";
import { compareText, type Piece, removal } from "./piece.ts";
import type { ContainerHandle, Operation } from "./plan.ts";

/** What one instance has in the catalogue, and what it is to have. */
export interface InstanceRegistrations {
  readonly wanted: readonly Registration[];
  readonly live: readonly LiveRegistration[];
}

interface Named {
  readonly name: string;
  /** From 1. */
  readonly instance: number;
}

type Wanted = ReturnType<typeof registrationsFor>;

/** Sorts out which registrations are whose. */
export class RegistrationIndex {
  readonly #services: Model["services"];
  readonly #wanted: Wanted;
  readonly #previous: Wanted;
  readonly #live: readonly LiveRegistration[];
  readonly #held: ReadonlySet<string>;
  /** The managed store sees by itself who is not there. */
  readonly #isLookedAfter: boolean;

  constructor(model: Model, live: Live, { previous, held }: RegistrationContext) {
    this.#services = model.services;
    const { registrations } = live.store;
    this.#wanted = registrations === undefined ? new Map() : registrationsFor(model);
    this.#previous = previous === undefined ? new Map() : registrationsFor(previous);
    this.#live = Object.values(registrations ?? {}).toSorted((a, b) => compareText(a.id, b.id));
    this.#held = held;
    this.#isLookedAfter = live.managedStore !== undefined;
  }

  /** What is held stays in the catalogue as it is. */
  of({ name, instance }: Named): InstanceRegistrations {
    const live = this.#live.filter((one) => isOf(one, { name, instance }));
    if (this.#held.has(name)) return { wanted: live, live };
    const wanted = (this.#wanted.get(name) ?? []).filter((one) => one.instance === instance);
    return { wanted, live };
  }

  /** How a container that stays is told of otherwise than it should be. */
  deltas(registrations: InstanceRegistrations, container: LiveContainer): Delta[] {
    const { wanted, live } = registrations;
    if (wanted === live) return [];
    const health = this.#healthOf(container);
    const there = new Map(live.map((one) => [one.id, one]));
    const names = new Set(wanted.map(({ id }) => id));
    return [
      ...wanted.flatMap((one) =>
        registrationDeltas(there.get(one.id), { after: placed(one, container), health }),
      ),
      ...live
        .filter(({ id }) => !names.has(id))
        .map((one) => ({ path: pathOf(one), before: brief(one), after: undefined })),
    ];
  }

  /** Paths of what is told otherwise than the last deploy told it. Where nothing is told at all, it may not have. */
  drifted({ wanted, live }: InstanceRegistrations, deltas: readonly Delta[]): string[] {
    if (this.#live.length === 0) return [];
    const paths = new Set(deltas.map(({ path }) => path));
    return wanted.flatMap((one) => {
      const made = this.#previous.get(one.service)?.find(({ id }) => id === one.id);
      if (made === undefined) return [];
      const now = live.find(({ id }) => id === one.id);
      const path = pathOf(one);
      if (now === undefined) return [path];
      const [then, today] = [factsOf(made), factsOf(now)];
      return [...paths].filter((changed) => {
        const fact = changed.slice(path.length + 1);
        if (!changed.startsWith(`${path}.`)) return false;
        if (fact === "check" && isOfOlderAxon(now, made)) return false;
        return fact === "address" || then[fact] !== today[fact];
      });
    });
  }

  /** What is told of a container that nothing is done about. */
  toldOf({ live }: InstanceRegistrations, container: LiveContainer | undefined): ToldHealth {
    const health = container === undefined ? "unsure" : this.#healthOf(container);
    return health === "unsure" && live.length > 0 ? healthTold(live) : health;
  }

  #healthOf({ status, health }: LiveContainer): ToldHealth {
    if (status === "restarting" && !this.#isLookedAfter) return "critical";
    if (status !== "running" || health === "starting") return "unsure";
    return health === "unhealthy" ? "critical" : "passing";
  }

  /** Of nothing that is wanted, and of no container that goes. */
  stale(gone: readonly LiveContainer[]): readonly LiveRegistration[] {
    const leaving = new Set(gone.flatMap((container) => this.leaving(container)));
    return this.#live.filter((one) => !this.#isWanted(one) && !leaving.has(one.id));
  }

  /** Ids of what goes with a container that goes. */
  leaving({ identity }: LiveContainer): readonly string[] {
    return registeredFor(identity, this.#live).filter((id) => !this.#isWanted({ id }));
  }

  #isWanted({ id }: Pick<Registration, "id">): boolean {
    const { service = "", instance = 0 } = ownerOf(id) ?? {};
    const count = own(this.#services, service)?.containerNames.length ?? 0;
    return instance >= 1 && instance <= count;
  }
}

/** Ids of what the catalogue has of that instance. What a registration says of itself anyone can have written. */
export function registeredFor(
  { service: name, instance }: Pick<ContainerIdentity, "service" | "instance">,
  live: readonly LiveRegistration[],
): readonly string[] {
  return live.filter((one) => isOf(one, { name, instance })).map(({ id }) => id);
}

function isOf({ id }: LiveRegistration, { name, instance }: Named): boolean {
  const owner = ownerOf(id);
  return owner?.service === name && owner.instance === instance;
}

export interface RegistrationContext {
  readonly previous: Previous;
  /** Names of services that are held. */
  readonly held: ReadonlySet<string>;
}

export interface RegistrationWrite {
  readonly id: string;
  readonly registrations: readonly Registration[];
  readonly removed?: readonly string[];
  readonly container: ContainerHandle | undefined;
  readonly health: ToldHealth;
  readonly after: readonly string[];
  readonly change: string;
}

export function catalogueWrite({ removed = [], ...write }: RegistrationWrite): Operation {
  return { kind: "catalogue.write", ...write, removed };
}

export function registerOperation(containerName: string): string {
  return `catalogue.write:${containerName}`;
}

/** After this nobody is led to a container that is to stop. */
export function deregisterOperation(containerName: string): string {
  return `catalogue.remove:${containerName}`;
}

/** What was told of an instance until now. */
export function healthTold(live: readonly LiveRegistration[]): ToldHealth {
  return live.some(({ health }) => health === "critical") ? "critical" : "passing";
}

/** Told of as it is to be, in place of what there was. */
export function registering(
  { wanted, live }: InstanceRegistrations,
  write: Omit<RegistrationWrite, "registrations" | "removed">,
): Operation[] {
  if (wanted.length === 0 && live.length === 0) return [];
  const names = new Set(wanted.map(({ id }) => id));
  const removed = live.map(({ id }) => id).filter((id) => !names.has(id));
  return [catalogueWrite({ ...write, registrations: wanted, removed })];
}

/** Told of no longer. */
export function deregistering(
  ids: readonly string[],
  write: Pick<RegistrationWrite, "id" | "after" | "change">,
): Operation[] {
  if (ids.length === 0) return [];
  const nothing = { registrations: [], container: undefined, health: "unsure" as const };
  return [catalogueWrite({ ...write, ...nothing, removed: ids })];
}

/** What is left of instances that are not there. */
export function removeRegistrations(stale: readonly LiveRegistration[]): Piece {
  const changes = stale.map(({ id, name, address, number }) =>
    removal({
      address: `registration.${id}`,
      resource: "registration",
      name: name || id,
      cause: `${address}:${number} is no instance`,
    }),
  );
  const [first, ...others] = changes.map(({ address }) => address);
  if (first === undefined) return { changes: [], operations: [] };
  const ids = stale.map(({ id }) => id);
  const write = { id: "catalogue.write:stale", after: [], change: first };
  return {
    changes,
    operations: deregistering(ids, write).map((operation) => ({ ...operation, alsoFor: others })),
  };
}

function placed(registration: Registration, { id }: LiveContainer): Registration {
  return { ...registration, address: registration.address ?? ownAddress(id) };
}

interface Telling {
  readonly after: Registration;
  readonly health: ToldHealth;
}

function registrationDeltas(
  before: LiveRegistration | undefined,
  { after, health }: Telling,
): Delta[] {
  const path = pathOf(after);
  if (before === undefined) return [{ path, before: undefined, after: brief(after) }];
  const isKept = health === "unsure" || before.health === "followed";
  const [old, wanted] = [
    factsOf(before),
    factsOf({ ...after, health: isKept ? before.health : health }),
  ];
  return Object.keys({ ...old, ...wanted })
    .filter((fact) => old[fact] !== wanted[fact])
    .map((fact) => ({ path: `${path}.${fact}`, before: old[fact], after: wanted[fact] }));
}

/** It did not tell how many failures make a check critical: that it is told now is nobody else's doing. */
function isOfOlderAxon(now: Registration, made: Registration): boolean {
  const isWhole = now.check?.isWhole === true && made.check?.isWhole === true;
  return isWhole && now.check.retries === undefined && made.check.retries !== undefined;
}

function pathOf({ name }: Registration): string {
  return `catalogue.${name}`;
}

function brief({ address, number }: Registration): string {
  return `${address}:${number}`;
}

import type { Live, LiveContainer } from "../live.ts";
import type { Model, ServiceSpec } from "../model.ts";
import { own } from "../own.ts";
import { compareText } from "./piece.ts";
import type { Held } from "./plan.ts";
import { decideTask } from "./plan-task.ts";
import { taskInputs } from "./task-inputs.ts";

export interface HeldBack {
  /** What can be had now: a service that is held stays as it is live, or is not wanted yet. */
  readonly model: Model;
  /** In the order of their steps, one-shots first. */
  readonly held: readonly Held[];
}

/**
 * Takes out of what is wanted all that must wait: what requires a resource that is not in the store, and what
 * requires that in turn.
 */
export function holdBack(model: Model, live: Live, digest: (text: string) => string): HeldBack {
  const waiting = new Waiting(model, live, digest);
  if (waiting.reasons.size === 0) return { model, held: [] };
  return { model: waiting.reduced(), held: waiting.held() };
}

class Waiting {
  /** By name of the service or id of the one-shot. */
  readonly reasons = new Map<string, string>();
  readonly #model: Model;
  readonly #live: Live;
  readonly #digest: (text: string) => string;

  constructor(model: Model, live: Live, digest: (text: string) => string) {
    this.#model = model;
    this.#live = live;
    this.#digest = digest;
    const items = [
      ...Object.values(model.tasks).map((task) => ({ name: task.id, ...task })),
      ...Object.values(model.services),
    ];
    for (const { name, resources } of items) {
      const missing = resources.filter(
        (resource) => own(live.store.resources, resource) === undefined,
      );
      if (missing.length > 0) this.reasons.set(name, lacks(missing));
    }
    const spreads = () =>
      items.filter(({ name, requires }) => {
        const target = requires.map((required) => required.target).find((one) => this.#isAway(one));
        if (this.reasons.has(name) || target === undefined) return false;
        this.reasons.set(name, `requires ${target}, which is held`);
        return true;
      }).length > 0;
    if (this.reasons.size > 0) while (spreads());
  }

  /** It is held, and what stood there before cannot be used in its place. */
  #isAway(name: string): boolean {
    if (!this.reasons.has(name)) return false;
    const task = own(this.#model.tasks, name);
    return task === undefined ? this.#instances(name).length === 0 : !this.#isDone(name);
  }

  #isDone(id: string): boolean {
    const task = own(this.#model.tasks, id);
    if (task === undefined) return false;
    const record = own(this.#live.store.tasks, id);
    return decideTask(task, record, taskInputs(task, this.#digest)) === undefined;
  }

  #instances(service: string): readonly LiveContainer[] {
    return this.#live.engine.containers
      .filter(({ identity }) => identity.kind === "service" && identity.service === service)
      .toSorted((a, b) => a.identity.instance - b.identity.instance);
  }

  held(): readonly Held[] {
    const { services, tasks } = this.#model;
    return [...this.reasons]
      .filter(([name]) => own(tasks, name) === undefined || !this.#isDone(name))
      .map(([name, reason]): Held => {
        const item = own(tasks, name) ?? own(services, name);
        const resource = own(tasks, name) === undefined ? "service" : "task";
        const isLive = resource === "service" && this.#instances(name).length > 0;
        const requires = item?.resources ?? [];
        const address = `${resource}.${name}`;
        return { address, resource, name, step: item?.step ?? 0, reason, requires, isLive };
      })
      .sort(
        (a, b) =>
          a.step - b.step || compareText(b.resource, a.resource) || compareText(a.name, b.name),
      );
  }

  reduced(): Model {
    const { services, tasks, volumes, networks, endpoints, routes } = this.#model;
    const rest = Object.values(services).flatMap((service) => this.#kept(service));
    const names = new Set(rest.map(({ name }) => name));
    const isGone = (service: string) => own(services, service) !== undefined && !names.has(service);
    const stays = without(tasks, (id) => this.reasons.has(id));
    const mounted = new Set(
      [...rest, ...Object.values(stays)].flatMap(({ container }) =>
        container.mounts.map(({ source }) => source),
      ),
    );
    return {
      ...this.#model,
      services: Object.fromEntries(rest.map((service) => [service.name, service])),
      tasks: stays,
      volumes: {
        ...without(specsOf(this.#live.engine.volumes), (name) => !this.#uses("mounts", name)),
        ...without(volumes, (name) => !mounted.has(name)),
      },
      networks: {
        ...without(specsOf(this.#live.engine.networks), (name) => !this.#uses("networks", name)),
        ...networks,
      },
      endpoints: this.#endpoints(without(endpoints, (key) => isGone(ownerOf(key)))),
      routes: without(routes, (name) => {
        const [deployment, service = ""] = routes[name]?.target.split(":") ?? [];
        const isOurs = deployment === this.#model.deployment;
        return isOurs && isGone(service) && own(this.#live.store.routes, name) === undefined;
      }),
    };
  }

  /** Whether what is held and live stands on that volume or network. */
  #uses(kind: "mounts" | "networks", name: string): boolean {
    return [...this.reasons.keys()]
      .flatMap((service) => this.#instances(service))
      .some(({ spec }) =>
        kind === "mounts"
          ? spec.mounts.some(({ source }) => source === name)
          : spec.networks.some((attached) => attached.name === name),
      );
  }

  /** A service that is held: as it is live, or not at all. */
  #kept(service: ServiceSpec): readonly ServiceSpec[] {
    if (!this.reasons.has(service.name)) return [service];
    const found = this.#instances(service.name);
    const [first] = found;
    if (first === undefined) return [];
    const count = Math.max(...found.map(({ identity }) => identity.instance));
    const nameOf = (number: number) =>
      found.find(({ identity }) => identity.instance === number)?.name ??
      `${this.#model.deployment}-${service.name}-${number}`;
    const containerNames = Array.from({ length: count }, (_, index) => nameOf(index + 1));
    return [{ ...service, containerNames, container: first.spec, requires: [], resources: [] }];
  }

  /** Those of what stays as it is stay, too. */
  #endpoints(wanted: Model["endpoints"]): Model["endpoints"] {
    const isHeld = (key: string) => this.reasons.has(ownerOf(key));
    const live = without(this.#live.store.endpoints, (key) => {
      return !isHeld(key) || this.#instances(ownerOf(key)).length === 0;
    });
    return { ...without(wanted, isHeld), ...live };
  }
}

function lacks(resources: readonly string[]): string {
  const [first, ...more] = resources;
  if (more.length === 0) return `requires the resource ${first}, which is not set`;
  return `requires the resources ${resources.join(", ")}, which are not set`;
}

function specsOf<T extends { readonly name: string }>(
  live: readonly { readonly name: string; readonly spec: T }[],
): Readonly<Record<string, T>> {
  return Object.fromEntries(live.map(({ name, spec }) => [name, spec]));
}

function ownerOf(endpoint: string): string {
  return endpoint.split("/")[0] ?? "";
}

function without<T>(
  items: Readonly<Record<string, T>>,
  isLeftOut: (name: string) => boolean,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(items).filter(([name]) => !isLeftOut(name)));
}

/**
 * What a deploy will have made, for the history: of what is held and live, what the last revision says of it,
 * because an engine does not tell everything about a container.
 */
export function asDeployed({ model, held }: HeldBack, last: Model | undefined): Model {
  const stays = held.filter(({ isLive }) => isLive).map(({ name }) => name);
  const known = stays.flatMap((name) => {
    const service = own(last?.services, name);
    return service === undefined ? [] : [[name, service] as const];
  });
  return { ...model, services: { ...model.services, ...Object.fromEntries(known) } };
}

/** For a way back: what was there once needs no resource to be there again. */
export function withoutResources(model: Model): Model {
  const free = <T extends object>(items: Readonly<Record<string, T>>) =>
    Object.fromEntries(
      Object.entries(items).map(([name, item]) => [name, { ...item, resources: [] }]),
    );
  return { ...model, services: free(model.services), tasks: free(model.tasks) };
}

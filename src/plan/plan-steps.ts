import type { Live, LiveContainer } from "../live.ts";
import type {
  ContainerSpec,
  Model,
  Replacement,
  Requirement,
  ServiceSpec,
  TaskSpec,
} from "../model.ts";
import { own } from "../own.ts";
import type { RouteFormat } from "../routing/route-format.ts";
import { askReady } from "./ask-ready.ts";
import { isCleanUp, isFarewell } from "./clean-up.ts";
import { describeInstance } from "./describe-instance.ts";
import type { Previous } from "./drift.ts";
import { handovers, holdersFor, holdsAlone, writersFor } from "./handover.ts";
import {
  type Instance,
  removeOperation,
  stopOperation,
  succeedOperation,
  undoOperations,
} from "./instance.ts";
import { instancesOf } from "./instances-of.ts";
import type { LiveIndex } from "./live-index.ts";
import { idsOf, join, NOTHING, type Piece } from "./piece.ts";
import type { ContainerHandle, Operation } from "./plan.ts";
import { ADOPTION, planAdoption } from "./plan-adoption.ts";
import { foundationOf } from "./plan-foundation.ts";
import { instanceOperations } from "./plan-instance.ts";
import { placeOperations, placesOf } from "./plan-places.ts";
import type { RegistrationIndex } from "./plan-registrations.ts";
import { decideRun, describeTask, taskAddress, taskOperation } from "./plan-task.ts";
import { type RouteMoves, withMoves } from "./route-moves.ts";
import { inOrder, needs } from "./step-items.ts";
import { withShared } from "./with-shared.ts";

export interface StepContext {
  readonly model: Model;
  readonly live: Live;
  readonly index: LiveIndex;
  readonly foundation: Piece;
  readonly digest: (text: string) => string;
  readonly previous: Previous;
  readonly registrations: RegistrationIndex;
  readonly moves: RouteMoves;
  readonly format: RouteFormat;
}

const HANDED_OVER: Replacement = {
  order: "stop-first",
  because: "its host port goes to another service",
};

const STEPS = [0, 1, 2, 3, 4, 5];

/** All of step n is done before n+1 starts; within a step, only what is required is waited for. */
export function planSteps(context: StepContext): PlannedSteps {
  const plan = new StepPlanner(context);
  const adoption: Piece = { changes: [], operations: plan.adoption };
  const piece = join([adoption, ...STEPS.map((step) => plan.step(step))]);
  return { piece, resumed: plan.resumed, made: plan.made };
}

export interface PlannedSteps {
  readonly piece: Piece;
  /** Ids of containers of one-shots that are taken over from a run that was cut short. */
  readonly resumed: ReadonlySet<string>;
  /** The containers that this plan makes for instances, by `instanceKey`. */
  readonly made: ReadonlyMap<string, ContainerHandle>;
}

export function instanceKey(service: string, instance: number): string {
  return `${service} ${instance}`;
}

class StepPlanner {
  readonly #context: StepContext;
  readonly #instances: readonly Instance[];
  readonly #early: ReadonlySet<string>;
  /** Containers of what the model does not name. */
  readonly #unwanted: readonly LiveContainer[];
  /** Requirement target to the operations that make it true. */
  readonly #done = new Map<string, readonly string[]>();
  /** The instances, by `instanceKey`, that an operation waits for until they are ready. */
  readonly #awaited = new Set<string>();
  readonly #resumed = new Set<string>();
  readonly #made = new Map<string, ContainerHandle>();
  /** Service to the operations after which its next instance may be replaced. */
  readonly #rolling = new Map<string, readonly string[]>();
  /** Stops of old containers that nobody else can be waiting for. */
  readonly #leaving = new Set<string>();
  /** What the current step stands on. */
  #before: readonly string[] = [];

  constructor(context: StepContext) {
    this.#context = context;
    this.#unwanted = context.index.orphans.filter(
      ({ identity }) => !isNamed(identity.service, context.model),
    );
    const instances = withShared(
      Object.values(context.model.services).flatMap((service) => instancesOf(service, context)),
    );
    const starting = instances
      .filter(({ decision }) => decision.kind !== "keep")
      .map(({ service, live }) => ({ spec: service.container, liveId: live?.id }));
    this.#early = handovers(
      [...starting, ...startingTasks(context)],
      context.live.engine.containers,
    );
    this.#instances = instances.map((instance) =>
      this.#early.has(instance.live?.id ?? "")
        ? { ...instance, replacement: HANDED_OVER }
        : instance,
    );
  }

  get adoption(): readonly Operation[] {
    const { model, live } = this.#context;
    return planAdoption(model.deployment, this.#instances, live.store);
  }

  get resumed(): ReadonlySet<string> {
    return this.#resumed;
  }

  get made(): ReadonlyMap<string, ContainerHandle> {
    return this.#made;
  }

  step(step: number): Piece {
    const { model } = this.#context;
    const tasks = Object.values(model.tasks).filter((task) => task.step === step);
    const instances = this.#instances.filter(({ service }) => service.step === step);
    const pieces = inOrder(tasks, instances).map((item) =>
      "decision" in item ? this.#service(item) : this.#task(item),
    );
    const piece = join(pieces);
    return piece.operations.length === 0 ? piece : this.#reached(step, piece);
  }

  /** What many wait for, under one name: otherwise the edges would grow with the square of the services. */
  #reached(step: number, piece: Piece): Piece {
    const id = `step.reached:${step}`;
    const needed = idsOf(piece).filter(
      (operation) =>
        !isCleanUp(operation) && !isFarewell(operation) && !this.#leaving.has(operation),
    );
    this.#before = [id];
    const reached: Operation = { id, kind: "step.reached", step, after: needed, change: undefined };
    return { changes: piece.changes, operations: [...piece.operations, reached] };
  }

  #task(task: TaskSpec): Piece {
    const run = decideRun(task, this.#context);
    if (run === undefined) return NOTHING;
    const { decision, inputs, inputsDigest, resumed } = run;
    if (resumed !== undefined) this.#resumed.add(resumed.id);
    this.#done.set(task.id, [taskOperation(task.id)]);
    const required = this.#required(task.requires);
    const holders = resumed ? [] : this.#holders(task.container, undefined);
    const operation: Operation = {
      id: taskOperation(task.id),
      kind: "task.run",
      task,
      inputs,
      inputsDigest,
      resume: resumed?.id,
      after: [
        ...this.#base(task.container.mounts.map(({ source }) => source)),
        ...required.ids,
        removeOperation(task.containerName),
        ...holders.map(stopOperation),
      ],
      change: taskAddress(task),
    };
    return { changes: [describeTask(task, decision)], operations: [...required.checks, operation] };
  }

  #service(instance: Instance): Piece {
    const { service, decision, live } = instance;
    const places = placesOf(instance, this.#context);
    const drifted = new Set([...instance.drifted, ...places.drifted]);
    const change = describeInstance({ ...instance, drifted }, places.deltas);
    if (change === undefined) return NOTHING;
    const required = decision.kind === "keep" ? NO_REQUIREMENTS : this.#required(service.requires);
    const holders = this.#holders(service.container, live?.id);
    const operations = instanceOperations(instance, {
      create: [
        ...this.#base(service.container.mounts.map(({ source }) => source)),
        ...this.#tasksBefore(service),
        ...(decision.kind === "replace" ? (this.#rolling.get(service.name) ?? []) : []),
        ...this.#ownersOf(service.shares),
      ],
      start: [...required.ids, ...holders.map(stopOperation)],
      takesOver: holders.length > 0,
      stopsEarly: live !== undefined && this.#early.has(live.id),
      undo: this.#takersOf(instance).flatMap((taker) => undoOperations(taker.containerName)),
      moves: (next) => (live === undefined ? [] : this.#moves(instance, live, next)),
    });
    const making = operations.find(({ kind }) => kind === "container.create");
    if (making) {
      this.#made.set(instanceKey(service.name, instance.number), { createdBy: making.id });
    }
    this.#noteReady(instance, operations);
    if (live !== undefined && !holdsAlone(live.spec)) this.#leaving.add(stopOperation(live));
    const told = placeOperations(instance, places, {
      model: this.#context.model,
      operations,
      base: this.#base([]),
    });
    const changes = [withMoves(change, operations)];
    return { changes, operations: [...required.checks, ...operations, ...told] };
  }

  /** Containers that stop before this one starts. */
  #holders(spec: ContainerSpec, liveId: string | undefined): readonly LiveContainer[] {
    const holders = holdersFor(spec, liveId, this.#context.live.engine.containers);
    return [...new Set([...holders, ...writersFor(spec, this.#unwanted)])];
  }

  /** A new version may listen elsewhere: then the route says where. */
  #moves({ service, number, containerName }: Instance, live: LiveContainer, next: ContainerHandle) {
    const successor = { container: next, name: containerName };
    return this.#context.moves.succeed(live, successor, (route, port) => {
      const server = own(this.#context.model.routes, route)?.servers.find(
        (one) => "service" in one && one.service === service.name && one.instance === number,
      );
      return server?.port ?? port;
    });
  }

  /** The engine looks for who shares its namespaces by name when the container is made. */
  #ownersOf(shares: readonly string[] = []): string[] {
    const { model } = this.#context;
    return shares.flatMap((name) => {
      const [container] = own(model.services, name)?.containerNames ?? [];
      const renamed = container === undefined ? [] : [succeedOperation(container)];
      return [...(this.#done.get(name) ?? []), ...renamed];
    });
  }

  /** Instances that are to have a host port which the old container of this one has, or would have if it ran. */
  #takersOf({ live }: Instance): readonly Instance[] {
    if (live === undefined || live.spec.publish.length === 0) return [];
    if (live.status === "running" && !this.#early.has(live.id)) return [];
    const again = { ...live, status: "running" } as const;
    return this.#instances.filter(
      (other) => holdersFor(other.service.container, other.live?.id, [again]).length > 0,
    );
  }

  /** Instances of a service are replaced one after the other, when those are ready that do not serve; what requires it waits for all of them. */
  #noteReady({ service, number, decision }: Instance, planned: readonly Operation[]): void {
    const operations = planned.filter(({ onFailureOf }) => onFailureOf === undefined);
    const isAwaited = operations.some(({ kind }) => kind === "container.awaitReady");
    if (isAwaited) this.#awaited.add(instanceKey(service.name, number));
    const ready = operations
      .filter(({ kind }) => kind === "container.awaitReady" || kind === "network.connect")
      .map(({ id }) => id);
    this.#done.set(service.name, [...(this.#done.get(service.name) ?? []), ...ready]);
    const isReplaced = decision.kind === "replace";
    const earlier = isReplaced ? [] : (this.#rolling.get(service.name) ?? []);
    const routes = operations.filter(({ kind }) => isReplaced && kind.startsWith("route."));
    this.#rolling.set(service.name, [...earlier, ...ready, ...routes.map(({ id }) => id)]);
  }

  #base(volumes: readonly string[]): readonly string[] {
    return [...this.#before, ADOPTION, ...foundationOf(this.#context.foundation, volumes)];
  }

  /** One-shots of a step come before its services, but for those that themselves need the service. */
  #tasksBefore(service: ServiceSpec): string[] {
    const { model } = this.#context;
    return Object.values(model.tasks)
      .filter(({ id, step }) => step === service.step && this.#done.has(id))
      .filter(({ id }) => !needs(model, id, service.name))
      .map(({ id }) => taskOperation(id));
  }

  /** What is required and changes is waited for; what is there already is asked whether it is ready. */
  #required(requires: readonly Requirement[]): Required {
    const parts = requires.map(({ target, condition }): Required => {
      const checks = condition === "healthy" ? this.#checks(target) : [];
      return { ids: this.#done.get(target) ?? [], checks };
    });
    return { ids: parts.flatMap(({ ids }) => ids), checks: parts.flatMap(({ checks }) => checks) };
  }

  /** Of the instances of a service, those that nothing in this plan makes ready. */
  #checks(target: string): Operation[] {
    const changed = this.#done.get(target) ?? [];
    const checks = this.#instances.flatMap((instance) => {
      const { service, number, live } = instance;
      const key = instanceKey(service.name, number);
      if (service.name !== target || live === undefined || this.#awaited.has(key)) return [];
      this.#awaited.add(key);
      return [askReady(instance, live, changed)];
    });
    if (checks.length > 0) this.#done.set(target, [...changed, ...checks.map(({ id }) => id)]);
    return checks;
  }
}

function isNamed(name: string, { services, tasks }: Model): boolean {
  return own(services, name) !== undefined || own(tasks, name) !== undefined;
}

function startingTasks(context: StepContext) {
  return Object.values(context.model.tasks)
    .filter(({ container }) => container.publish.length > 0)
    .filter((task) => {
      const run = decideRun(task, context);
      return run !== undefined && run.resumed === undefined;
    })
    .map(({ container }) => ({ spec: container, liveId: undefined }));
}

interface Required {
  readonly ids: readonly string[];
  /** Operations that find out whether what is already there is ready. */
  readonly checks: readonly Operation[];
}

const NO_REQUIREMENTS: Required = { ids: [], checks: [] };

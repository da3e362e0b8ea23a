import { networkMoves } from "../fields/networks.ts";
import type { Decision } from "./decide-instance.ts";
import {
  addressOf,
  handleOf,
  type Instance,
  readyOperation,
  removeOperation,
  stopOperation,
  type Waits,
} from "./instance.ts";
import type { ContainerHandle, Operation, ReplaceOrder } from "./plan.ts";

/** The operations that carry out what was decided about one instance. */
export function instanceOperations(instance: Instance, waits: Waits): Operation[] {
  const { decision } = instance;
  switch (decision.kind) {
    case "keep":
      return [];
    case "create":
      return createOperations(instance, waits);
    case "adjust":
      return adjustOperations(instance, decision, waits);
    case "replace":
      return replaceOperations(instance, decision, waits);
  }
}

/** Until start-first is there, every replacement stops the old container before it starts the new one. */
export function replaceOrder(_instance: Instance): ReplaceOrder {
  return "stop-first";
}

function createOperations(instance: Instance, waits: Waits): Operation[] {
  const name = instance.containerName;
  const create = creation(instance, name, waits);
  const container = { createdBy: create.id };
  const start = `container.start:${name}`;
  const { change } = create;
  return [
    create,
    {
      id: start,
      kind: "container.start",
      container,
      after: [create.id, ...waits.start],
      change,
    },
    ready(instance, container, [start]),
    // Kept for a look at it, but stopped: the next plan shows it again.
    {
      id: `undo.stop:${name}`,
      kind: "container.stop",
      container,
      after: [],
      onFailureOf: [create.id, start, readyOperation(name)],
      change,
    },
  ];
}

function creation(instance: Instance, name: string, waits: Waits): Operation {
  const { deployment, service, number } = instance;
  return {
    id: `container.create:${name}`,
    kind: "container.create",
    name,
    identity: { deployment, service: service.name, instance: number, kind: service.kind },
    spec: service.container,
    after: [...waits.create, removeOperation(name)],
    change: addressOf(instance),
  };
}

function ready(
  instance: Instance,
  container: ContainerHandle,
  after: readonly string[],
): Operation {
  const checked = instance.service.container.healthcheck !== "none";
  return {
    id: readyOperation(instance.containerName),
    kind: "container.awaitReady",
    container,
    until: checked ? "healthy" : "running",
    after,
    change: addressOf(instance),
  };
}

type Adjust = Extract<Decision, { kind: "adjust" }>;

function adjustOperations(instance: Instance, decision: Adjust, waits: Waits): Operation[] {
  const { live, wake } = decision;
  const inPlace = inPlaceOperations(instance, decision, waits);
  if (wake === undefined) return inPlace;
  const id = `container.${wake}:${live.name}`;
  const container = handleOf(live);
  const after = [...waits.create, ...waits.start, ...inPlace.map((operation) => operation.id)];
  const change = addressOf(instance);
  return [
    ...inPlace,
    wake === "start"
      ? { id, kind: "container.start", container, after, change }
      : { id, kind: "container.unpause", container, after, change },
    ready(instance, container, [id]),
  ];
}

function inPlaceOperations(
  instance: Instance,
  { live, deltas }: Adjust,
  waits: Waits,
): Operation[] {
  const common = { container: handleOf(live), after: waits.create, change: addressOf(instance) };
  const spec = instance.service.container;
  const moves = networkMoves(live.spec.networks, spec.networks);
  const isUpdate = ({ path }: { readonly path: string }) =>
    path !== "name" && !path.startsWith("networks");
  const operations: Operation[] = [];
  if (live.name !== instance.containerName) {
    const name = instance.containerName;
    operations.push({
      ...common,
      id: `container.rename:${live.name}`,
      kind: "container.rename",
      name,
      after: [...waits.create, removeOperation(name)],
    });
  }
  if (deltas.some(isUpdate)) {
    operations.push({
      ...common,
      id: `container.update:${live.name}`,
      kind: "container.update",
      spec,
    });
  }
  for (const network of moves.disconnect) {
    const id = `network.disconnect:${live.name}:${network}`;
    operations.push({ ...common, id, kind: "network.disconnect", network });
  }
  for (const { name: network, aliases } of moves.connect) {
    const id = `network.connect:${live.name}:${network}`;
    operations.push({ ...common, id, kind: "network.connect", network, aliases });
  }
  return operations;
}

type Replace = Extract<Decision, { kind: "replace" }>;

/**
 * The new container is made beside the old one, under a name of its own, and takes the old one's name
 * when it is good. Until then the old one is kept, and serves again if the new one is not good.
 */
function replaceOperations(instance: Instance, { live }: Replace, waits: Waits): Operation[] {
  const change = addressOf(instance);
  const name = instance.containerName;
  const old = handleOf(live);
  // A run that was cut short before its last rename left the old one under the name of its successor.
  const nextName = live.name === `${name}-next` ? name : `${name}-next`;
  const create = creation(instance, nextName, waits);
  const next = { createdBy: create.id };
  const stop = stopOperation(live);
  const start = `container.start:${nextName}`;
  const readyId = readyOperation(name);
  const remove = removeOperation(live.name);
  const attempt = [create.id, stop, start, readyId];
  const forward: Operation[] = [
    create,
    {
      id: stop,
      kind: "container.stop",
      container: old,
      after: waits.stopsEarly ? [] : [create.id, ...waits.start],
      change,
    },
    {
      id: start,
      kind: "container.start",
      container: next,
      after: [create.id, stop, ...waits.start],
      change,
    },
    ready(instance, next, [start]),
    { id: remove, kind: "container.remove", container: old, after: [readyId], change },
  ];
  const rename: Operation = {
    id: `container.rename:${nextName}`,
    kind: "container.rename",
    container: next,
    name,
    after: [remove, removeOperation(name)],
    change,
  };
  return [
    ...forward,
    ...(nextName === name ? [] : [rename]),
    ...undo(instance, { live, attempt, next }),
  ];
}

interface Attempt {
  readonly live: Replace["live"];
  readonly attempt: readonly string[];
  readonly next: { readonly createdBy: string };
}

function undo(instance: Instance, { live, attempt, next }: Attempt): Operation[] {
  const change = addressOf(instance);
  const remove: Operation = {
    id: `undo.remove:${instance.containerName}-next`,
    kind: "container.remove",
    container: next,
    after: [],
    onFailureOf: attempt,
    change,
  };
  if (live.status !== "running") return [remove];
  return [
    remove,
    {
      id: `undo.start:${live.name}`,
      kind: "container.start",
      container: handleOf(live),
      after: [remove.id],
      onFailureOf: attempt,
      change,
    },
  ];
}

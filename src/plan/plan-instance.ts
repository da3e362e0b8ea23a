import { networkMoves } from "../fields/networks.ts";
import type { LiveContainer } from "../live.ts";
import { leaveOperation } from "./clean-up.ts";
import type { Decision } from "./decide-instance.ts";
import {
  addressOf,
  handleOf,
  type Instance,
  readyOperation,
  removeOperation,
  type Waits,
} from "./instance.ts";
import { namingOperations } from "./naming.ts";
import { creation, ready } from "./new-container.ts";
import type { ContainerHandle, Operation } from "./plan.ts";
import { replaceOperations } from "./plan-replacement.ts";

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

function createOperations(instance: Instance, waits: Waits): Operation[] {
  const name = instance.containerName;
  const create = creation(instance, {
    name,
    spec: instance.service.container,
    after: [...waits.create, removeOperation(name)],
  });
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
    // The next plan shows it again.
    stopAgain(instance, container, [create.id, start, readyOperation(name)]),
  ];
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
  const awaiting = ready(instance, container, [id]);
  return [
    ...inPlace,
    wake === "start"
      ? { id, kind: "container.start", container, after, change }
      : { id, kind: "container.unpause", container, after, change },
    awaiting,
    ...(waits.takesOver ? [stopAgain(instance, container, [id, awaiting.id])] : []),
  ];
}

/** It is kept for a look at it, and holds nothing that another one needs. */
function stopAgain(
  instance: Instance,
  container: ContainerHandle,
  attempted: readonly string[],
): Operation {
  return {
    id: `undo.stop:${instance.containerName}`,
    kind: "container.stop",
    container,
    after: [],
    onFailureOf: attempted,
    change: addressOf(instance),
  };
}

/** What does not run may not start on a network that is gone, and a fixed address can be another one's now. */
function disconnectOperation(live: LiveContainer, network: string): string {
  const left = live.spec.networks.find(({ name }) => name === network);
  const isLate = live.status === "running" && left?.addresses === undefined;
  return isLate ? leaveOperation(live.name, network) : `network.disconnect:${live.name}:${network}`;
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
  const operations = namingOperations(instance, live, waits.create);
  if (deltas.some(isUpdate)) {
    operations.push({
      ...common,
      id: `container.update:${live.name}`,
      kind: "container.update",
      spec,
    });
  }
  for (const network of moves.disconnect) {
    const id = disconnectOperation(live, network);
    operations.push({ ...common, id, kind: "network.disconnect", network });
  }
  for (const attachment of moves.connect) {
    const id = `network.connect:${live.name}:${attachment.name}`;
    operations.push({ ...common, id, kind: "network.connect", attachment });
  }
  return operations;
}

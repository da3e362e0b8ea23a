import { AxonError } from "../errors.ts";
import type { ForeignPort, LiveContainer, LiveEngine, LiveForeign } from "../live.ts";
import type { ContainerSpec, Model } from "../model.ts";
import { own } from "../own.ts";
import { lastingName } from "../spare-names.ts";
import { type PortHold, portsClash } from "./handover.ts";
import { stopOperation } from "./instance.ts";
import type { Operation } from "./plan.ts";

/**
 * What is not ours and holds what we need is never touched: the plan is refused, before anything changes. So it is
 * where one of ours that stays holds a host port.
 */
export function checkForeign(
  model: Model,
  engine: LiveEngine,
  operations: readonly Operation[],
): AxonError[] {
  return [
    ...operations.flatMap((operation) => nameErrors(operation, engine.foreign)),
    ...portErrors(model, engine, operations),
  ];
}

function nameErrors(operation: Operation, foreign: LiveForeign): AxonError[] {
  switch (operation.kind) {
    case "container.create":
      return taken("container", lastingName(operation.name), foreign.containerNames)
        .concat(taken("container", operation.name, foreign.containerNames))
        .slice(0, 1);
    case "task.run":
      return taken("container", operation.task.containerName, foreign.containerNames);
    case "container.rename":
      return taken("container", operation.name, foreign.containerNames);
    case "network.create":
      return taken("network", operation.spec.name, foreign.networkNames);
    case "volume.create":
      return taken("volume", operation.spec.name, foreign.volumeNames);
    default:
      return [];
  }
}

function taken(
  kind: "container" | "network" | "volume",
  name: string,
  held: Readonly<Record<string, string>>,
): AxonError[] {
  const holder = own(held, name);
  if (holder === undefined) return [];
  return [
    new AxonError(
      "NAME_TAKEN",
      `the ${kind} name ${name} is needed, and is held by ${holder}, which is not of this deployment`,
      {
        hint: `Remove or rename that ${kind}, or deploy under another name with -D.`,
      },
    ),
  ];
}

/** `service.web` and `service.web.2` are of web. */
function serviceOf(change: string | undefined): string | undefined {
  return change?.split(".")[1];
}

function portErrors(
  model: Model,
  { foreign, containers }: LiveEngine,
  operations: readonly Operation[],
): AxonError[] {
  const held = [...foreign.publishedPorts.map(heldByOthers), ...keptPorts(containers, operations)];
  return starting(model, operations).flatMap(({ name, container }) =>
    container.publish.flatMap((wanted) =>
      held
        .filter((port) => port.service !== name && portsClash(wanted, port))
        .map(
          ({ holder, hint }) =>
            new AxonError(
              "PORT_TAKEN",
              `${name} publishes host port ${wanted.hostPort}, which container ${holder} holds`,
              { hint },
            ),
        ),
    ),
  );
}

interface HeldPort extends PortHold {
  readonly holder: string;
  /** Of the deployment's own. */
  readonly service: string | undefined;
  readonly hint: string;
}

function heldByOthers(port: ForeignPort): HeldPort {
  const hint = "Publish another host port, or stop that container.";
  return { ...port, service: undefined, hint };
}

/** Of services that this plan does not stop. */
function keptPorts(
  containers: readonly LiveContainer[],
  operations: readonly Operation[],
): HeldPort[] {
  const planned = new Set(operations.map(({ id }) => id));
  return containers
    .filter(({ identity: { kind } }) => kind === "service" || kind === "system")
    .filter((container) => !planned.has(stopOperation(container)))
    .flatMap(({ name, identity, bound }) =>
      bound.map((port) => ({
        ...port,
        holder: name,
        service: identity.service,
        hint: "Publish one of the two at another host port.",
      })),
    );
}

interface Starting {
  readonly name: string;
  readonly container: ContainerSpec;
}

/** Services and one-shots of which this plan starts a container. */
function starting(model: Model, operations: readonly Operation[]): readonly Starting[] {
  const touched = new Set(
    operations
      .filter(({ onFailureOf }) => onFailureOf === undefined)
      .filter(({ kind }) => kind === "container.create" || kind === "container.start")
      .map(({ change }) => serviceOf(change)),
  );
  const tasks = operations.flatMap((operation) => {
    if (operation.kind !== "task.run" || operation.resume !== undefined) return [];
    return [{ name: operation.task.id, container: operation.task.container }];
  });
  return [...tasks, ...Object.values(model.services).filter(({ name }) => touched.has(name))];
}

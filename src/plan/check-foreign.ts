import { AxonError } from "../errors.ts";
import type { LiveForeign } from "../live.ts";
import type { Model } from "../model.ts";
import { own } from "../own.ts";
import { lastingName } from "../spare-names.ts";
import type { Operation } from "./plan.ts";
import { portsClash } from "./port-handover.ts";

/** What is not ours and holds what we need is never touched: the plan is refused, before anything changes. */
export function checkForeign(
  model: Model,
  foreign: LiveForeign,
  operations: readonly Operation[],
): AxonError[] {
  return [
    ...operations.flatMap((operation) => nameErrors(operation, foreign)),
    ...portErrors(model, foreign, operations),
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
  foreign: LiveForeign,
  operations: readonly Operation[],
): AxonError[] {
  const touched = new Set(
    operations
      .filter(({ kind }) => kind === "container.create" || kind === "container.start")
      .map(({ change }) => serviceOf(change)),
  );
  return Object.values(model.services)
    .filter(({ name }) => touched.has(name))
    .flatMap(({ name, container }) =>
      container.publish.flatMap((wanted) =>
        foreign.publishedPorts
          .filter((held) => portsClash(wanted, held))
          .map(
            ({ holder }) =>
              new AxonError(
                "PORT_TAKEN",
                `${name} publishes host port ${wanted.hostPort}, which container ${holder} holds`,
                { hint: "Publish another host port, or stop that container." },
              ),
          ),
      ),
    );
}

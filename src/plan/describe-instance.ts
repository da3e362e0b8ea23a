import type { Delta } from "../fields/field.ts";
import type { ContainerSpec } from "../model.ts";
import { absenceOf } from "./drift.ts";
import { addressOf, type Instance } from "./instance.ts";
import { attributeOf } from "./piece.ts";
import type { AttributeChange, Change, ChangeCommon } from "./plan.ts";

/** The change as a reader sees it; undefined where there is nothing to tell. */
export function describeInstance(
  instance: Instance,
  endpoints: readonly Delta[],
): Change | undefined {
  const { decision } = instance;
  const places = endpoints.map((delta) => told(delta, instance));
  switch (decision.kind) {
    case "keep":
      if (instance.live?.adopted === "new") return adoption(instance, places, decision.unchanged);
      if (places.length === 0) return undefined;
      return {
        ...common(instance, toldCause(endpoints), places),
        action: "update",
        unchanged: decision.unchanged,
      };
    case "create":
      return {
        ...common(instance, absenceOf(instance.wasMade), created(instance.service.container)),
        action: "create",
      };
    case "adjust":
      if (instance.live?.adopted === "new") {
        const attributes = decision.deltas.map((delta) => told(delta, instance));
        return adoption(instance, [...attributes, ...places], decision.unchanged);
      }
      return {
        ...common(instance, decision.cause, [
          ...decision.deltas.map((delta) => told(delta, instance)),
          ...places,
        ]),
        action: decision.wake === undefined || decision.deltas.length > 0 ? "update" : "start",
        unchanged: decision.unchanged,
      };
    case "replace":
      return {
        ...common(instance, replacementCause(instance, decision.cause), [
          ...decision.deltas.map(({ delta, forces }) => told(delta, instance, forces)),
          ...places,
        ]),
        action: "replace",
        replacement: instance.replacement,
        unchanged: decision.unchanged,
      };
  }
}

/** Why others are told otherwise of what stays as it is. */
function toldCause(places: readonly Delta[]): string {
  const areOf = (fact: string) =>
    places.every(({ path }) => path.startsWith("catalogue.") && path.endsWith(`.${fact}`));
  if (areOf("health")) return "its health";
  return areOf("check") ? "how it is looked at" : "where it is reached";
}

function adoption(
  instance: Instance,
  attributes: readonly AttributeChange[],
  unchanged: number,
): Change {
  const cause = `takes over container ${instance.live?.name}`;
  return { ...common(instance, cause, attributes), action: "adopt", unchanged };
}

/** A reader is told which container of somebody else's is going to be removed. */
function replacementCause({ live, replacement }: Instance, cause: string): string {
  const why = cause || replacement.because;
  return live?.adopted === "new" ? `takes over container ${live.name}; ${why}` : why;
}

function told(delta: Delta, { drifted }: Instance, forces = false): AttributeChange {
  return attributeOf(delta, { forces, drift: drifted.has(delta.path) });
}

function common(
  instance: Instance,
  cause: string,
  attributes: readonly AttributeChange[],
): ChangeCommon {
  return {
    address: addressOf(instance),
    resource: "service",
    name: addressOf(instance).replace(/^service\./, ""),
    section: { kind: "step", step: instance.service.step },
    cause,
    attributes,
    unchanged: 0,
  };
}

/** Of a new container a reader sees what is particular to it; the rest is in the Servicefile. */
function created({ image, command, publish, mounts }: ContainerSpec): AttributeChange[] {
  const ports = publish.map(
    ({ hostAddress, hostPort, port }) =>
      `${hostAddress === "" ? "" : `${hostAddress}:`}${hostPort === 0 ? "(any)" : hostPort} -> ${port}`,
  );
  const attributes: Delta[] = [
    { path: "image", before: undefined, after: image.reference },
    ...(command ? [{ path: "cmd", before: undefined, after: command }] : []),
    ...(ports.length > 0 ? [{ path: "publish", before: undefined, after: ports }] : []),
    ...mounts.map(({ kind, source, target }) => ({
      path: `volumes.${target}`,
      before: undefined,
      after: source || kind,
    })),
  ];
  return attributes.map((delta) => attributeOf(delta));
}

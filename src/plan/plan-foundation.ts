import type { Live } from "../live.ts";
import type { Model } from "../model.ts";
import { own } from "../own.ts";
import { absenceOf, type Previous } from "./drift.ts";
import { join, NOTHING, type Piece } from "./piece.ts";
import type { Change, Operation } from "./plan.ts";
import { planConfig } from "./plan-config.ts";
import { planGenerated } from "./plan-generated.ts";

/** Id of the operation by which the managed store joins the deployment's network. */
export const STORE_JOINS = "network.connect:store";

/** What services stand on: the network, the volumes, the configuration in the store. */
export function planFoundation(model: Model, live: Live, previous: Previous): Piece {
  const hadNetwork = (name: string) =>
    previous?.network === name || previous?.servingNetwork === name;
  return join([
    planNetwork(model.network, live, hadNetwork(model.network)),
    ...(model.servingNetwork === undefined
      ? []
      : [planNetwork(model.servingNetwork, live, hadNetwork(model.servingNetwork))]),
    joinStore(model, live),
    ...Object.keys(model.volumes).map((name) =>
      planVolume(name, live, own(previous?.volumes, name) !== undefined),
    ),
    planGenerated(model, live.store),
    planConfig(model, live.store, previous),
  ]);
}

/** Ids of the operations after which a container with these volumes can be created. */
export function foundationOf(foundation: Piece, volumes: readonly string[]): string[] {
  const wanted = new Set(volumes.map(volumeOperation));
  return foundation.operations
    .filter(({ id, kind }) => kind !== "volume.create" || wanted.has(id))
    .map(({ id }) => id);
}

function planNetwork(name: string, live: Live, wasMade: boolean): Piece {
  if (hasNetwork(name, live)) return NOTHING;
  return foundationPiece("network", absenceOf(wasMade), {
    id: networkOperation(name),
    kind: "network.create",
    name,
  });
}

function hasNetwork(wanted: string, { engine }: Live): boolean {
  return engine.networks.some(({ name }) => name === wanted);
}

function networkOperation(name: string): string {
  return `network.create:${name}`;
}

/** Containers reach the managed store by its alias on the deployment's own network. */
function joinStore(model: Model, live: Live): Piece {
  const { storeAlias, network } = model;
  const store = live.managedStore;
  if (storeAlias === undefined || store === undefined) return NOTHING;
  const isThere = hasNetwork(network, live);
  const attached = store.spec.networks.find(({ name }) => name === network);
  if (isThere && attached?.aliases.includes(storeAlias)) return NOTHING;
  const address = `store.${store.name}`;
  const operation: Operation = {
    id: STORE_JOINS,
    kind: "network.connect",
    container: { id: store.id },
    network,
    aliases: [storeAlias],
    after: [networkOperation(network)],
    change: address,
  };
  const change: Change = {
    address,
    resource: "store",
    name: store.name,
    action: "update",
    section: { kind: "foundation" },
    cause: `joins ${network} as ${storeAlias}`,
    attributes: [],
    unchanged: 0,
  };
  return { changes: [change], operations: [operation] };
}

function planVolume(name: string, live: Live, wasMade: boolean): Piece {
  if (live.engine.volumes.some((volume) => volume.name === name)) return NOTHING;
  return foundationPiece("volume", absenceOf(wasMade), {
    id: volumeOperation(name),
    kind: "volume.create",
    name,
  });
}

function volumeOperation(name: string): string {
  return `volume.create:${name}`;
}

type Creation = {
  readonly id: string;
  readonly kind: "network.create" | "volume.create";
  readonly name: string;
};

function foundationPiece(
  resource: "network" | "volume",
  cause: string,
  operation: Creation,
): Piece {
  const { name } = operation;
  const address = `${resource}.${name}`;
  return {
    changes: [
      {
        address,
        resource,
        name,
        action: "create",
        section: { kind: "foundation" },
        cause,
        attributes: [],
        unchanged: 0,
      },
    ],
    operations: [{ ...operation, after: [], change: address }],
  };
}

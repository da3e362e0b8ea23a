import type { Live } from "../live.ts";
import type { Model, VolumeSpec } from "../model.ts";
import { own } from "../own.ts";
import { absenceOf } from "./drift.ts";
import { joinRouter } from "./join-router.ts";
import { compareText, join, NOTHING, type Piece } from "./piece.ts";
import type { Change } from "./plan.ts";
import { type ConfigHistory, planConfig } from "./plan-config.ts";
import { planGenerated } from "./plan-generated.ts";
import { isSettled, networkOperation, planNetwork } from "./plan-network.ts";
import { planToken } from "./plan-token.ts";

/** Ids of the operations by which the managed store joins the deployment's own network, and other ones. */
const STORE_JOINS = "network.connect:store";
const STORE_JOINS_OTHER = "store.joins:";

export function isStoreJoin(operation: string): boolean {
  return operation === STORE_JOINS || operation.startsWith(STORE_JOINS_OTHER);
}

/** What services stand on: the networks, the volumes, the configuration in the store. */
export function planFoundation(model: Model, live: Live, history: ConfigHistory): Piece {
  const { previous } = history;
  return join([
    ...Object.values(model.networks).map((spec) => planNetwork(spec, { model, live, previous })),
    joinStore(model, live),
    joinRouter(model, live),
    ...Object.values(model.volumes).map((spec) =>
      planVolume(spec, live, own(previous?.volumes, spec.name) !== undefined),
    ),
    planToken(model, live, previous),
    planGenerated(model, live.store),
    planConfig(model, live.store, history),
  ]);
}

/** Ids of the operations after which a container with these volumes can be created. */
export function foundationOf(foundation: Piece, volumes: readonly string[]): string[] {
  const wanted = new Set(volumes.map(volumeOperation));
  return foundation.operations
    .filter(({ id, kind }) => kind !== "volume.create" || wanted.has(id))
    .map(({ id }) => id);
}

/**
 * Containers reach the managed store by its alias on the deployment's own network, or on that one of their own
 * if they are not on it.
 */
function joinStore(model: Model, live: Live): Piece {
  const { storeAlias } = model;
  const store = live.managedStore;
  if (storeAlias === undefined || store === undefined) return NOTHING;
  const address = `store.${store.name}`;
  const missing = storeNetworks(model).filter((network) => {
    const attached = store.spec.networks.find(({ name }) => name === network);
    return !(isSettled(network, model, live) && attached?.aliases.includes(storeAlias));
  });
  if (missing.length === 0) return NOTHING;
  const change: Change = {
    address,
    resource: "store",
    name: store.name,
    action: "update",
    section: { kind: "foundation" },
    cause: `joins ${missing.join(", ")} as ${storeAlias}`,
    attributes: [],
    unchanged: 0,
  };
  return {
    changes: [change],
    operations: missing.map((network) => ({
      id: network === model.network ? STORE_JOINS : STORE_JOINS_OTHER + network,
      kind: "network.connect",
      container: { id: store.id },
      attachment: { name: network, aliases: [storeAlias] },
      after: [networkOperation(network)],
      change: address,
    })),
  };
}

function storeNetworks({ network, networks, services, tasks }: Model): string[] {
  const apart = [...Object.values(services), ...Object.values(tasks)]
    .map(({ container }) => container.networks.map(({ name }) => name))
    .filter((names) => !names.includes(network));
  const first = apart.flatMap(
    (names) => names.find((name) => own(networks, name)?.external === false) ?? [],
  );
  return [...new Set([network, ...first.toSorted(compareText)])];
}

function planVolume(spec: VolumeSpec, live: Live, wasMade: boolean): Piece {
  const { name, external } = spec;
  if (external || live.engine.volumes.some((volume) => volume.name === name)) return NOTHING;
  const address = `volume.${name}`;
  return {
    changes: [
      {
        address,
        resource: "volume",
        name,
        action: "create",
        section: { kind: "foundation" },
        cause: absenceOf(wasMade),
        attributes: [],
        unchanged: 0,
      },
    ],
    operations: [
      { id: volumeOperation(name), kind: "volume.create", spec, after: [], change: address },
    ],
  };
}

function volumeOperation(name: string): string {
  return `volume.create:${name}`;
}

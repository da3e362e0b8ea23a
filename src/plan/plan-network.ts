import { networkDeltas } from "../fields/network-table.ts";
import type { Live, LiveContainer, LiveNetwork } from "../live.ts";
import type { Model, NetworkAttachment, NetworkSpec } from "../model.ts";
import { own } from "../own.ts";
import { absenceOf, type Previous } from "./drift.ts";
import { handleOf } from "./instance.ts";
import { attributeOf, compareText, NOTHING, type Piece } from "./piece.ts";
import type { Change, Operation } from "./plan.ts";

interface Wanted {
  readonly model: Model;
  readonly live: Live;
  readonly previous: Previous;
}

/** What is not there is made; what differs is made anew, because engines change nothing of a network. */
export function planNetwork(spec: NetworkSpec, wanted: Wanted): Piece {
  if (spec.external) return NOTHING;
  const there = wanted.live.engine.networks.find(({ name }) => name === spec.name);
  if (there === undefined) return creation(spec, wanted);
  return mustReplace(spec, there) ? replacement(spec, there, wanted) : NOTHING;
}

export function mustReplace(spec: NetworkSpec, { spec: live }: LiveNetwork): boolean {
  return !spec.external && networkDeltas(live, spec).length > 0;
}

/** Whether it is there and stays. */
export function isSettled(network: string, { networks }: Model, { engine }: Live): boolean {
  const spec = own(networks, network);
  if (spec?.external) return true;
  const there = engine.networks.find(({ name }) => name === network);
  return there !== undefined && (spec === undefined || !mustReplace(spec, there));
}

export function networkOperation(name: string): string {
  return `network.create:${name}`;
}

/** Those of the deployment that the model has not. */
export function unwantedNetworks({ networks }: Model, { engine }: Live): LiveNetwork[] {
  return engine.networks
    .filter(({ name }) => own(networks, name) === undefined)
    .toSorted((a, b) => compareText(a.name, b.name));
}

/** Whether an unwanted network has a subnet that a new one is to have: engines make no second one with it. */
export function makesRoom(
  { subnets }: NetworkSpec,
  { model, live }: Pick<Wanted, "model" | "live">,
): boolean {
  return Object.values(model.networks).some(
    (spec) => !isSettled(spec.name, model, live) && haveSubnetInCommon(spec, { subnets }),
  );
}

function haveSubnetInCommon(a: Pick<NetworkSpec, "subnets">, b: Pick<NetworkSpec, "subnets">) {
  return Object.keys(a.subnets).some((subnet) => Object.hasOwn(b.subnets, subnet));
}

/** After these, its subnets are free. */
function roomFor(wanted: NetworkSpec, { model, live }: Wanted): string[] {
  return unwantedNetworks(model, live)
    .filter(({ spec }) => haveSubnetInCommon(wanted, spec))
    .map(({ id }) => `network.remove:${id}`);
}

function creation(spec: NetworkSpec, wanted: Wanted): Piece {
  const { previous } = wanted;
  const change = { ...describe(spec), action: "create" as const };
  const wasMade = own(previous?.networks, spec.name) !== undefined;
  return {
    changes: [{ ...change, cause: absenceOf(wasMade), attributes: [], unchanged: 0 }],
    operations: [make(spec, roomFor(spec, wanted))],
  };
}

const INTERRUPTION = "who is on it is disconnected for a moment";

/** Whoever is on it is connected to the new one at once, so that no container need be made anew. */
function replacement(spec: NetworkSpec, there: LiveNetwork, wanted: Wanted): Piece {
  const { live, previous } = wanted;
  const last = own(previous?.networks, spec.name);
  const drifted = new Set(last && networkDeltas(there.spec, last).map(({ path }) => path));
  const change: Change = {
    ...describe(spec),
    action: "replace",
    replacement: { order: "stop-first", because: INTERRUPTION },
    cause: INTERRUPTION,
    attributes: networkDeltas(there.spec, spec).map((delta) =>
      attributeOf(delta, { forces: true, drift: drifted.has(delta.path) }),
    ),
    unchanged: 0,
  };
  const remove: Operation = {
    id: `network.remove:${spec.name}`,
    kind: "network.remove",
    network: there.id,
    after: [],
    change: change.address,
  };
  const rejoining = live.engine.containers.flatMap((container) =>
    rejoin(container, spec, wanted.model),
  );
  return {
    changes: [change],
    operations: [remove, make(spec, [remove.id, ...roomFor(spec, wanted)]), ...rejoining],
  };
}

function describe({ name }: NetworkSpec) {
  const address = `network.${name}`;
  const section = { kind: "foundation" } as const;
  return { address, resource: "network", name, section } as const;
}

function make(spec: NetworkSpec, after: readonly string[]): Operation {
  const { address } = describe(spec);
  return { id: networkOperation(spec.name), kind: "network.create", spec, after, change: address };
}

function rejoin(container: LiveContainer, spec: NetworkSpec, model: Model): Operation[] {
  const attached = container.spec.networks.find(({ name }) => name === spec.name);
  if (attached === undefined) return [];
  const { name, aliases } = attached;
  // An old address need not be one of the new network.
  const addresses = wantedAddresses(container, spec.name, model);
  return [
    {
      id: `network.rejoin:${container.name}:${spec.name}`,
      kind: "network.connect",
      container: handleOf(container),
      attachment: addresses === undefined ? { name, aliases } : { name, aliases, addresses },
      after: [networkOperation(spec.name)],
      change: describe(spec).address,
    },
  ];
}

function wantedAddresses(
  { identity }: LiveContainer,
  network: string,
  { services }: Model,
): NetworkAttachment["addresses"] {
  const networks = own(services, identity.service)?.container.networks ?? [];
  return networks.find(({ name }) => name === network)?.addresses;
}

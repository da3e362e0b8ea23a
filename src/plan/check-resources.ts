import { AxonError } from "../errors.ts";
import type { Delta } from "../fields/field.ts";
import { volumeDeltas } from "../fields/volume-table.ts";
import type { Live } from "../live.ts";
import type { Model, NetworkSpec, VolumeSpec } from "../model.ts";
import { own } from "../own.ts";
import { mustReplace } from "./plan-network.ts";

/** What must not be made anew, and what must be there and is not. */
export function checkResources(model: Model, live: Live): AxonError[] {
  return [
    ...Object.values(model.networks).flatMap((spec) => networkErrors(spec, live)),
    ...Object.values(model.volumes).flatMap((spec) => volumeErrors(spec, live)),
  ];
}

function networkErrors(
  spec: NetworkSpec,
  { engine, managedStore, managedRouter }: Live,
): AxonError[] {
  const { name } = spec;
  const there = engine.networks.find((network) => network.name === name);
  if (spec.external) {
    return there || own(engine.foreign.networkNames, name) ? [] : [missing("network", name)];
  }
  const guests =
    there?.guests.filter((guest) => ![managedStore?.name, managedRouter?.name].includes(guest)) ??
    [];
  if (there === undefined || guests.length === 0 || !mustReplace(spec, there)) return [];
  return [
    new AxonError(
      "NETWORK_IN_USE",
      `network ${name} must be made anew, and ${listed(guests)} of others ${guests.length === 1 ? "is" : "are"} on it`,
      {
        hint: `Disconnect first: docker network disconnect ${name} ${guests[0]}, or put ${name} back in Networks as it was.`,
      },
    ),
  ];
}

function volumeErrors(spec: VolumeSpec, { engine }: Live): AxonError[] {
  const { name } = spec;
  const there = engine.volumes.find((volume) => volume.name === name);
  if (spec.external) {
    return there || own(engine.foreign.volumeNames, name) ? [] : [missing("volume", name)];
  }
  const deltas = there === undefined ? [] : volumeDeltas(there.spec, spec);
  if (deltas.length === 0) return [];
  return [
    new AxonError(
      "VOLUME_DIFFERS",
      `volume ${name} is not as Volumes has it (${deltas.map(describe).join(", ")}), and making it anew would lose its data`,
      {
        hint: `Put it back in Volumes as it was, or use a new volume: name it there, copy the data, and remove ${name} with docker volume rm.`,
      },
    ),
  ];
}

function missing(kind: "network" | "volume", name: string): AxonError {
  return new AxonError("EXTERNAL_MISSING", `the external ${kind} ${name} is not there`, {
    hint: `Make it (docker ${kind} create ${name}), or take "external: true" out.`,
  });
}

function describe({ path, before, after, sensitive }: Delta): string {
  if (sensitive) return path;
  return `${path}: ${before ?? "(none)"} -> ${after ?? "(none)"}`;
}

function listed(names: readonly string[]): string {
  const [first] = names;
  return names.length === 1
    ? `container ${first}`
    : `${names.length} containers (${names.slice(0, 3).join(", ")})`;
}

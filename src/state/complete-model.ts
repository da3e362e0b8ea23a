import { BARE_CONTAINER } from "../fields/bare-container.ts";
import { bareNetwork } from "../fields/network-table.ts";
import { bareVolume } from "../fields/volume-table.ts";
import type { ContainerSpec, Model } from "../model.ts";

/** As the first versions stored it: of networks, only the names of the two that there could be. */
type StoredModel = Model | EarlierModel;

interface EarlierModel extends Omit<Model, "networks"> {
  readonly servingNetwork: string | undefined;
}

/** A model that an earlier Axon stored knows fewer fields: what it did not know, it did not set. */
export function completeModel(stored: StoredModel): Model {
  const model = "networks" in stored ? stored : withNetworks(stored);
  const volumes = Object.entries(model.volumes).map(([name, spec]) => [
    name,
    { ...bareVolume(name), ...spec },
  ]);
  return {
    ...model,
    generatedConfig: model.generatedConfig ?? {},
    volumes: Object.fromEntries(volumes),
    services: completeAll(model.services),
    tasks: completeAll(model.tasks),
  };
}

function withNetworks({ servingNetwork, ...model }: EarlierModel): Model {
  const names = [model.network, ...(servingNetwork === undefined ? [] : [servingNetwork])];
  return { ...model, networks: Object.fromEntries(names.map((name) => [name, bareNetwork(name)])) };
}

interface Stored {
  readonly container: ContainerSpec;
  readonly resources: readonly string[];
}

function completeAll<T extends Stored>(
  items: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(items).map(([name, item]) => [
      name,
      {
        ...item,
        resources: item.resources ?? [],
        container: { ...BARE_CONTAINER, ...item.container },
      },
    ]),
  );
}

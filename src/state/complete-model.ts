import { BARE_CONTAINER } from "../fields/bare-container.ts";
import { bareNetwork } from "../fields/network-table.ts";
import { bareVolume } from "../fields/volume-table.ts";
import type { ContainerSpec, Model, RouteSpec } from "../model.ts";
import { type EarlierRoute, fromEntries } from "../routing/traefik/from-entries.ts";

/** As the first versions stored it: of networks, only the names of the two that there could be. */
type StoredModel = Stored<Model> | EarlierModel;

type Stored<T extends Pick<Model, "routes">> = Omit<T, "routes"> & {
  readonly routes: Readonly<Record<string, RouteSpec | EarlierRoute>>;
};

interface EarlierModel extends Omit<Stored<Model>, "networks"> {
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
    routes: routesOf(model),
  };
}

function withNetworks({ servingNetwork, ...model }: EarlierModel): Stored<Model> {
  const names = [model.network, ...(servingNetwork === undefined ? [] : [servingNetwork])];
  return { ...model, networks: Object.fromEntries(names.map((name) => [name, bareNetwork(name)])) };
}

function routesOf({ routes, deployment }: Stored<Model>): Model["routes"] {
  return Object.fromEntries(
    Object.entries(routes).map(([name, route]) => [
      name,
      "entries" in route ? fromEntries(route, deployment) : route,
    ]),
  );
}

interface StoredItem {
  readonly container: ContainerSpec;
  readonly resources: readonly string[];
}

function completeAll<T extends StoredItem>(
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

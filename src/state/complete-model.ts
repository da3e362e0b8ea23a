import { BARE_CONTAINER } from "../fields/bare-container.ts";
import type { ContainerSpec, Model } from "../model.ts";

/** A model that an earlier Axon stored knows fewer fields of a container: what it did not know, it did not set. */
export function completeModel(model: Model): Model {
  return { ...model, services: completeAll(model.services), tasks: completeAll(model.tasks) };
}

function completeAll<T extends { readonly container: ContainerSpec }>(
  items: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(items).map(([name, item]) => [
      name,
      { ...item, container: { ...BARE_CONTAINER, ...item.container } },
    ]),
  );
}

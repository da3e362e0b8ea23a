import type { LiveContainer } from "../live.ts";
import {
  addressOf,
  handleOf,
  type Instance,
  oldName,
  removeOperation,
  renameOperation,
} from "./instance.ts";
import type { Operation } from "./plan.ts";

/** Gives a live container the name of its instance. Nothing where it has it. */
export function namingOperations(
  instance: Instance,
  live: LiveContainer,
  after: readonly string[],
): Operation[] {
  const { containerName: name, predecessor } = instance;
  if (live.name === name) return [];
  const common = { kind: "container.rename", change: addressOf(instance) } as const;
  const id = renameOperation(live);
  const container = handleOf(live);
  if (predecessor === undefined) {
    return [{ ...common, id, container, name, after: [...after, removeOperation(name)] }];
  }
  const aside = asideOperation(instance, predecessor, after);
  return [aside, { ...common, id, container, name, after: [aside.id] }];
}

/** Whoever has the name of the instance makes room for who is to have it, and runs on. */
export function asideOperation(
  { containerName, predecessor, ...instance }: Instance,
  old: LiveContainer,
  after: readonly string[],
): Operation {
  const name = oldName(containerName);
  // What is called so, from a run that was cut short or from before this, goes first.
  const others = [name, ...(predecessor === undefined ? [] : [predecessor.name])];
  const freed = others.filter((other) => other !== old.name).map(removeOperation);
  return {
    id: `container.aside:${old.name}`,
    kind: "container.rename",
    container: handleOf(old),
    name,
    after: [...after, ...freed],
    change: addressOf(instance),
  };
}

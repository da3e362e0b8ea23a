import type { LiveContainer } from "../live.ts";
import { spareNames } from "../spare-names.ts";
import {
  addressOf,
  handleOf,
  type Instance,
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
  const { next, old } = spareNames(name);
  const spare = live.name === old ? next : old;
  const aside = asideOperation(instance, predecessor, { name: spare, after });
  return [aside, { ...common, id, container, name, after: [aside.id] }];
}

/** Whoever has the name of the instance makes room for who is to have it, and runs on. */
export function asideOperation(
  instance: Instance,
  old: LiveContainer,
  { name, after }: { readonly name: string; readonly after: readonly string[] },
): Operation {
  return {
    id: `container.aside:${old.name}`,
    kind: "container.rename",
    container: handleOf(old),
    name,
    after: [...after, ...freeingOperations(instance, old, name)],
    change: addressOf(instance),
  };
}

/** After these, what was called so, from a run that was cut short or from before this one, is not any more. */
export function freeingOperations(
  { predecessor }: Instance,
  live: LiveContainer,
  name: string,
): string[] {
  const others = [name, ...(predecessor === undefined ? [] : [predecessor.name])];
  return others.filter((other) => other !== live.name).map(removeOperation);
}

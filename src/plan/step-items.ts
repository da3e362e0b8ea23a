import type { Model, Requirement, TaskSpec } from "../model.ts";
import { own } from "../own.ts";
import type { Instance } from "./instance.ts";

/** Within a step: what is required first, one-shots before services where both are free, then by name. */
export function inOrder(
  tasks: readonly TaskSpec[],
  instances: readonly Instance[],
): readonly (TaskSpec | Instance)[] {
  const items = [...tasks, ...instances];
  const byName = new Map<string, (TaskSpec | Instance)[]>();
  for (const item of items) {
    const name = nameOf(item);
    byName.set(name, [...(byName.get(name) ?? []), item]);
  }
  const ordered = new Set<TaskSpec | Instance>();
  const visit = (item: TaskSpec | Instance) => {
    if (ordered.has(item)) return;
    for (const { target } of requiresOf(item)) byName.get(target)?.forEach(visit);
    ordered.add(item);
  };
  items.forEach(visit);
  return [...ordered];
}

function nameOf(item: TaskSpec | Instance): string {
  return "decision" in item ? item.service.name : item.id;
}

function requiresOf(item: TaskSpec | Instance): readonly Requirement[] {
  return "decision" in item ? item.service.requires : item.requires;
}

/** Whether a one-shot needs a service, directly or through others. */
export function needs(model: Model, task: string, service: string): boolean {
  const seen = new Set<string>();
  const reaches = (name: string): boolean => {
    if (name === service) return true;
    if (seen.has(name)) return false;
    seen.add(name);
    const item = own(model.tasks, name) ?? own(model.services, name);
    return (item?.requires ?? []).some(({ target }) => reaches(target));
  };
  return reaches(task);
}

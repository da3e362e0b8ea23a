import { changesNamespaces, mustGo } from "./decide-instance.ts";
import type { Instance } from "./instance.ts";

/** Containers that share namespaces of others go where those go, and so do those that share theirs. */
export function withShared(instances: readonly Instance[]): readonly Instance[] {
  const changed = new Set(
    instances
      .filter(({ number, decision }) => number === 1 && changesNamespaces(decision))
      .map(({ service }) => service.name),
  );
  const next = instances.map((instance) => {
    const owner = instance.service.shares?.find((name) => changed.has(name));
    if (owner === undefined || changesNamespaces(instance.decision)) return instance;
    const decision = mustGo(instance.decision, `shares namespaces of ${owner}, which starts anew`);
    return { ...instance, decision };
  });
  const isSettled = next.every((instance, index) => instance === instances[index]);
  return isSettled ? instances : withShared(next);
}

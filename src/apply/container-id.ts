import type { ContainerHandle } from "../plan/plan.ts";
import type { RunContext } from "./run-context.ts";

/** undefined: this run was to make it, and has not. */
export function idOf(handle: ContainerHandle, { created }: RunContext): string | undefined {
  return "id" in handle ? handle.id : created.get(handle.createdBy);
}

export function requiredId(handle: ContainerHandle, context: RunContext): string {
  const id = idOf(handle, context);
  if (id === undefined) throw new Error(`no container was made by ${JSON.stringify(handle)}`);
  return id;
}

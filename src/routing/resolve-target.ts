import { foreignBindings } from "./foreign-target.ts";
import { localBindings } from "./local-target.ts";
import type { Binding } from "./routing-input.ts";
import type { TargetContext } from "./target-context.ts";

/** What serves the domain; empty where the target is not there, which is then reported. */
export function resolveTarget(context: TargetContext): Binding[] {
  const { input, target } = context;
  const isLocal = [input.deployment, input.declaredDeployment].includes(target.deployment);
  return isLocal ? localBindings(context) : foreignBindings(context);
}

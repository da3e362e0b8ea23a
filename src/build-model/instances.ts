import { AxonError } from "../errors.ts";
import type { UpdatePolicy } from "../model.ts";
import type { ServiceEntry } from "../servicefile/servicefile.ts";
import type { BuildInput } from "./build-input.ts";

export const DEFAULT_UPDATE: UpdatePolicy = {
  order: "auto",
  timeoutSeconds: undefined,
  onFailure: "rollback",
};

/** One for each instance. A port of the host cannot be held by two of them. */
export function containerNames(entry: ServiceEntry, input: BuildInput): string[] {
  const { name, scale = 1 } = entry;
  const fixed = entry.publish.find(({ hostPort }) => hostPort !== 0);
  if (scale > 1 && fixed !== undefined) {
    throw new AxonError(
      "SERVICEFILE_INVALID",
      `${name} publishes host port ${fixed.hostPort}, and only one of its ${scale} containers can have it`,
      {
        at: input.servicefile.locate(fixed.path),
        hint: `Let the engine choose the ports (publish: ["${fixed.port}"]), or lead to ${name} with Domains.`,
      },
    );
  }
  return Array.from({ length: scale }, (_, index) => `${input.deployment}-${name}-${index + 1}`);
}

export function checkRunsOnce({ name, key, scale = 1 }: ServiceEntry, input: BuildInput): void {
  if (scale === 1) return;
  throw new AxonError(
    "SERVICEFILE_INVALID",
    `${name} is a one-shot, and cannot run ${scale} times at once`,
    { at: input.servicefile.locate([key, "scale"]), hint: "Remove scale, or detach: false." },
  );
}

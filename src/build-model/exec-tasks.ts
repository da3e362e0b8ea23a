import type { Requirement } from "../model.ts";
import type { RequireEntry } from "../servicefile/servicefile.ts";
import { execTask, type TaskDraft } from "./build-tasks.ts";
import type { ContainerInput } from "./container-spec.ts";
import { fileRequirements, mergedRequirements, type Requirable } from "./requirements.ts";
import { resolveBootstrap } from "./resolve-draft.ts";

export interface ExecContext {
  readonly known: Requirable;
  /** What the service's image requires. */
  readonly ofImage: readonly Requirement[];
}

/** The one-shots of the section Exec that share everything with this service. */
export function execTasks(
  container: ContainerInput,
  { known, ofImage }: ExecContext,
): readonly TaskDraft[] {
  const { draft, input } = container;
  const { exec } = input.servicefile;
  // One of a service that requires its own one-shots would wait for itself.
  const inherited = draft.entry.require.filter(({ target }) => exec[target] === undefined);
  return Object.values(exec)
    .filter(({ service }) => service === draft.entry.name)
    .map((entry) => {
      const require: readonly RequireEntry[] = entry.require ?? inherited;
      const own = fileRequirements({ name: entry.name, require }, known, input);
      const resolved = resolveBootstrap(entry, { input, drafts: known.services, draft });
      const requires = mergedRequirements([...own.requires, ...ofImage]);
      return execTask(container, resolved, { requires, resources: own.resources });
    });
}

import type { TaskSpec } from "../model.ts";
import { looksSecret, reveal, type Text } from "../secret.ts";

export type TaskInputs = Readonly<Record<string, string>>;

/** Marks a value that is the keyed digest of a secret. */
export const DIGEST_MARK = "digest:";

/** Kept along with the image's id for readers; a run does not depend on it. */
export const REFERENCE_PATH = "image.reference";

/** Only in these do names come from people and say something about the value. */
const NAMED = /^(env|config)\./;

/** The inputs of a one-shot in the form in which they are recorded: secret values as keyed digests. */
export function taskInputs(
  task: Pick<TaskSpec, "container" | "inputs">,
  digest: (text: string) => string,
): TaskInputs {
  const recorded = Object.entries(task.inputs).map(([path, value]) => [
    path,
    isSensitive(path, value) ? DIGEST_MARK + digest(reveal(value)) : reveal(value),
  ]);
  return { ...Object.fromEntries(recorded), [REFERENCE_PATH]: task.container.image.reference };
}

function isSensitive(path: string, value: Text): boolean {
  return typeof value !== "string" || (NAMED.test(path) && looksSecret(path));
}

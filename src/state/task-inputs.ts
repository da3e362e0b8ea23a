import type { ContainerSpec, Mount, TaskSpec } from "../model.ts";
import { looksSecret, reveal, type Text } from "../secret.ts";

export type TaskInputs = Readonly<Record<string, string>>;

/** Marks a value that is the keyed digest of a secret. */
export const DIGEST_MARK = "digest:";

/** Said along with the image's id for readers; a run does not depend on it. */
export const REFERENCE_PATH = "image.reference";

/**
 * What decides whether a one-shot runs again, by attribute path. Lists are JSON. What is left out
 * (networks, step, timeout, ...) does not change what the command does.
 */
export function taskInputs(task: TaskSpec, digest: (text: string) => string): TaskInputs {
  const { image, entrypoint, command, env, user, mounts } = task.container;
  return {
    image: image.id,
    [REFERENCE_PATH]: image.reference,
    ...present("entrypoint", entrypoint && JSON.stringify(entrypoint)),
    ...present("command", command && JSON.stringify(command)),
    ...present("user", user),
    ...envInputs(env, digest),
    ...Object.fromEntries(mounts.map((mount) => [`mounts.${mount.target}`, mountInput(mount)])),
  };
}

function envInputs(env: ContainerSpec["env"], digest: (text: string) => string): TaskInputs {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      `env.${name}`,
      isSensitive(name, value) ? DIGEST_MARK + digest(reveal(value)) : reveal(value),
    ]),
  );
}

function isSensitive(name: string, value: Text): boolean {
  return typeof value !== "string" || looksSecret(name);
}

function mountInput({ kind, source, readOnly }: Mount): string {
  return `${kind} ${source}${readOnly ? " (read-only)" : ""}`;
}

function present(path: string, value: string | undefined): TaskInputs {
  return value === undefined ? {} : { [path]: value };
}

import { looksSecret, reveal, Secret, type Text, textFor } from "../secret.ts";
import { recordDeltas } from "./delta.ts";
import type { DockerContainer } from "./docker-api.ts";
import type { Field } from "./field.ts";

type Env = Readonly<Record<string, Text>>;

/** Names whose value is a secret although the name does not say so: an inspect result cannot tell. */
const SECRETS_LABEL = "io.axon.secret-env";

export const env: Field<Env> = {
  key: "env",
  change: "replace",
  diff: (before, after) => recordDeltas("env", before, after),
  withoutImage(value, image) {
    const own = new Map(Object.entries(image.env));
    return Object.fromEntries(
      Object.entries(value).filter(([name, text]) => own.get(name) !== reveal(text)),
    );
  },
  toDocker(value, body) {
    const entries = Object.entries(value);
    body.Env = entries.map(([name, text]) => `${name}=${reveal(text)}`);
    const secrets = entries.filter(([name, text]) => text instanceof Secret && !looksSecret(name));
    if (secrets.length === 0) return;
    const names = secrets.map(([name]) => name).sort();
    body.Labels = { ...body.Labels, [SECRETS_LABEL]: JSON.stringify(names) };
  },
  fromDocker(container) {
    const secrets = secretNames(container);
    const entries = (container.Config.Env ?? []).filter((entry) => entry.includes("="));
    return Object.fromEntries(
      entries.map((entry) => {
        const [name, value] = splitAt(entry, entry.indexOf("="));
        return [name, secrets.has(name) ? new Secret(value) : textFor(name, value)];
      }),
    );
  },
};

function secretNames({ Config }: DockerContainer): ReadonlySet<string> {
  try {
    return new Set(JSON.parse(Config.Labels?.[SECRETS_LABEL] ?? "[]") as string[]);
  } catch {
    return new Set();
  }
}

function splitAt(text: string, index: number): [string, string] {
  return [text.slice(0, index), text.slice(index + 1)];
}

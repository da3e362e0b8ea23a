import type { ContainerSpec, Model } from "../model.ts";
import { looksSecret, reveal, Secret, type Text } from "../secret.ts";

type Texts = Readonly<Record<string, Text>>;

/** Shorter ones, like "true", are in many texts that have nothing to do with them. */
const SHORTEST = 8;

/**
 * A text that contains a secret of the model is a secret, too, although its name does not say so: as it is,
 * inside a URL or in base64. `others`: secrets that are in no text of the model.
 */
export function hideCopies(model: Model, others: readonly Text[]): Model {
  const secrets = [...secretsOf(model), ...others].map(reveal);
  const holdsSecret = finder(secrets.filter(({ length }) => length >= SHORTEST).flatMap(formsOf));
  const hide = (texts: Texts): Texts =>
    Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [
        name,
        typeof text === "string" && holdsSecret(text) ? new Secret(text) : text,
      ]),
    );
  const inContainer = (spec: ContainerSpec) => ({ ...spec, env: hide(spec.env) });
  return {
    ...model,
    config: hide(model.config),
    services: mapValues(model.services, (service) => ({
      ...service,
      container: inContainer(service.container),
    })),
    tasks: mapValues(model.tasks, (task) => ({
      ...task,
      container: inContainer(task.container),
      inputs: hide(task.inputs),
    })),
  };
}

function secretsOf({
  services,
  tasks,
  config,
  generatedConfig,
  generated,
}: Model): readonly Text[] {
  const containers = [...Object.values(services), ...Object.values(tasks)].map(
    ({ container }) => container,
  );
  const named = [config, generatedConfig, generated, ...containers.map(({ env }) => env)].flatMap(
    (texts) =>
      Object.entries(texts).flatMap(([name, text]) => (isSecret(name, text) ? [text] : [])),
  );
  const files = containers.flatMap(({ files }) => files.map(({ content = "" }) => content));
  return [...named, ...files.filter((content) => content instanceof Secret)];
}

function isSecret(name: string, text: Text): boolean {
  return text instanceof Secret || looksSecret(name);
}

function formsOf(secret: string): string[] {
  const base64 = [0, 1, 2].map((skipped) => base64Of(secret, skipped));
  const base64Url = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  return [secret, inUrl(secret), ...base64, ...base64Url];
}

/** Half a character cannot be in one. */
function inUrl(secret: string): string {
  return encodeURIComponent(secret.replace(/\p{Surrogate}/gu, "\ufffd"));
}

/** What is the same in base64 whatever stands before and behind; that depends on how long the former is. */
function base64Of(secret: string, skipped: number): string {
  const bytes = [...new TextEncoder().encode(secret)].slice(skipped);
  const whole = bytes.slice(0, bytes.length - (bytes.length % 3));
  return btoa(whole.map((byte) => String.fromCharCode(byte)).join(""));
}

/** Looks at each place of a text once, however many forms there are. */
function finder(forms: readonly string[]): (text: string) => boolean {
  const byBeginning = new Map<string, string[]>();
  for (const form of new Set(forms)) {
    const beginning = form.slice(0, SHORTEST);
    byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), form]);
  }
  if (byBeginning.size === 0) return () => false;
  return (text) => {
    for (let at = 0; at + SHORTEST <= text.length; at += 1) {
      const begun = byBeginning.get(text.slice(at, at + SHORTEST));
      if (begun?.some((form) => text.startsWith(form, at))) return true;
    }
    return false;
  };
}

function mapValues<T>(items: Readonly<Record<string, T>>, map: (item: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(items).map(([name, item]) => [name, map(item)]));
}

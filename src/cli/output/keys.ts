import { own } from "../../own.ts";
import { reveal, Secret, type Text } from "../../secret.ts";
import type { Configuration } from "../read-configuration.ts";
import { type Screen, tableOn } from "./columns.ts";
import { onOneLine } from "./safe-text.ts";

interface Asked {
  readonly deployment: string;
  readonly showSensitive: boolean;
}

/** One line each; on a terminal no longer than it is wide. */
export function renderKeys(asked: Asked, { config, owned }: Configuration, screen: Screen): string {
  const keys = Object.keys(config).sort();
  if (keys.length === 0) return `${asked.deployment} has no such keys.\n`;
  const rows = keys.map((key) => [
    key,
    owned.includes(key) ? "Servicefile" : "-",
    asLine(own(config, key), asked),
  ]);
  return tableOn(screen, [["KEY", "FROM", "VALUE"], ...rows]);
}

/** A value as one line of text; `(none)`: there is none. */
export function asLine(text: Text | undefined, { showSensitive }: Pick<Asked, "showSensitive">) {
  if (text === undefined) return "(none)";
  if (text instanceof Secret && !showSensitive) return "(sensitive)";
  const plain = reveal(text);
  // In quotes where one would not see where it begins or ends.
  return /^\S+( \S+)*$/.test(plain) ? onOneLine(plain) : onOneLine(JSON.stringify(plain));
}

const VERSION = "1.0";

export function keysAsJson(asked: Asked, { config, revision, ...found }: Configuration): string {
  const keys = Object.keys(config).sort();
  return asText({
    format_version: VERSION,
    deployment: asked.deployment,
    revision: revision ?? null,
    keys: keys.map((key) => ({ key, ...details(key, { config, ...found }, asked) })),
  });
}

export function keyAsJson(
  asked: Asked & { readonly key: string },
  { revision, ...found }: Configuration,
): string {
  const { deployment, key } = asked;
  const shown = { deployment, revision: revision ?? null, key, ...details(key, found, asked) };
  return asText({ format_version: VERSION, ...shown });
}

function details(
  key: string,
  { config, owned, stamps }: Omit<Configuration, "revision">,
  { showSensitive }: Asked,
) {
  const text = own(config, key);
  const isHidden = text === undefined || (text instanceof Secret && !showSensitive);
  return {
    value: isHidden ? null : reveal(text),
    sensitive: text instanceof Secret,
    in_servicefile: owned.includes(key),
    version: own(stamps, key) ?? null,
  };
}

export function asText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

import { reveal, Secret } from "../../secret.ts";
import { literal, mapOf, type Out } from "../out.ts";
import type { ImportedService } from "./services-of.ts";

/** Values that are not for a file that others read: variables of the `.env` beside it, by name. */
export type Hidden = Map<string, string>;

export function envOf(service: ImportedService, hidden: Hidden): Out | undefined {
  const [{ spec }] = service.containers;
  const entries = Object.entries(spec.env).map(([name, value]): readonly [string, Out] => {
    if (!(value instanceof Secret)) return [name, literal(value)];
    return [name, `\${${variableFor(name, { service, value, hidden })}}`];
  });
  return entries.length > 0 ? mapOf(entries) : undefined;
}

interface HiddenValue {
  readonly service: ImportedService;
  readonly value: Secret;
  readonly hidden: Hidden;
}

/** Two services may have different values under one name. */
function variableFor(name: string, { service, value, hidden }: HiddenValue): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_]/g, "_").replace(/^(?=[0-9])/, "_");
  const own = `${service.name
    .toUpperCase()
    .replaceAll("-", "_")
    .replace(/^(?=[0-9])/, "_")}_${plain}`;
  const isFree = (variable: string) => (hidden.get(variable) ?? reveal(value)) === reveal(value);
  const variable = [plain, own].find(isFree) ?? `${own}_${hidden.size}`;
  hidden.set(variable, reveal(value));
  return variable;
}

/** Text of an `.env`. */
export function writeHidden(hidden: Hidden): string {
  return [...hidden].map(([name, value]) => `${name}=${quoted(value)}\n`).join("");
}

function quoted(value: string): string {
  if (!value.includes("'")) return `'${value}'`;
  return `"${value.replaceAll(/["\\$`]/g, (character) => `\\${character}`)}"`;
}

import { looksSecret } from "../../secret.ts";
import type { Resources } from "../../state/resources.ts";
import { safeText } from "./safe-text.ts";

/** Without the values that a name gives away as secret. */
export function shownResources(resources: Resources): Resources {
  return Object.fromEntries(
    Object.entries(resources).map(([name, value]) => [
      name,
      looksSecret(name) ? "(sensitive)" : value,
    ]),
  );
}

/** One line each. */
export function renderResources(deployment: string, resources: Resources): string {
  const names = Object.keys(resources).sort();
  if (names.length === 0) return `${deployment} has no resources.\n`;
  const width = Math.max(...names.map((name) => name.length));
  return names
    .map((name) => `${name.padEnd(width)}  ${safeText(resources[name] ?? "")}\n`)
    .join("");
}

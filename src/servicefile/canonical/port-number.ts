import type { Report } from "../problems/problem.ts";
import type { Path } from "../yaml/tree.ts";

const HIGHEST = 65_535;

export function isPortNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

/** The number of a port in a container. Reports one that no port can have. */
export function portRange(text: string, path: Path, report: Report): number | undefined {
  const number = Number(text);
  if (number >= 1 && number <= HIGHEST) return number;
  report({ path, says: `has the port ${text.slice(0, 40)}, and ports go from 1 to ${HIGHEST}` });
  return undefined;
}

/** On the host, 0 leaves the choice to the engine. */
export function hostPortRange(text: string, path: Path, report: Report): number | undefined {
  return Number(text) === 0 ? 0 : portRange(text, path, report);
}

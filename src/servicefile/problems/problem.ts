import { AxonError, type ErrorCode, type SourcePosition } from "../../errors.ts";
import { looksSecret } from "../../secret.ts";
import { nameOf, type Path } from "../yaml/tree.ts";

export interface Problem {
  /** What it is about; the sentence begins with its name. */
  readonly path: Path;
  /** The rest of the sentence: `must be a path, and is "data"`. */
  readonly says: string;
  readonly hint?: string | undefined;
  readonly code?: ErrorCode | undefined;
  /** It is no problem where paths may lead out of the directory of the Servicefile. */
  readonly isOutside?: boolean;
}

export type Report = (problem: Problem) => void;

export function toError(problem: Problem, locate: (path: Path) => SourcePosition): AxonError {
  const { path, says, hint, code = "SERVICEFILE_INVALID" } = problem;
  const name = nameOf(path);
  const at = locate(shownPath(path));
  return new AxonError(code, name === "" ? says : `${name} ${says}`, { hint, at });
}

/** An error shows its line, so it stops at the key under which secrets stand. */
function shownPath(path: Path): Path {
  const secret = path.findIndex((part) => part === "auth" || looksSecret(String(part)));
  return secret === -1 ? path : path.slice(0, secret + 1);
}

import { AxonError, type AxonErrorOptions } from "../errors.ts";
import { OUTSIDE_HINT } from "../servicefile/path-from.ts";
import { TEXT_PROBLEMS } from "./read-text.ts";

/** Why a file could not be read, from the cause in `options`. */
export function unreadable(file: string, options: AxonErrorOptions): AxonError {
  const { code = "unknown reason" } = options.cause as NodeJS.ErrnoException;
  if (code === "ABORT_ERR")
    return new AxonError("INTERRUPTED", `interrupted while reading ${file}`);
  const hint = code === "EOUTSIDE" ? OUTSIDE_HINT : options.hint;
  return new AxonError("FILE_UNREADABLE", `${file} ${reason(code)}`, { ...options, hint });
}

const REASONS: Readonly<Record<string, string>> = {
  ...TEXT_PROBLEMS,
  ENOENT: "is not there",
  ENOTDIR: "is not there",
  EISDIR: "is a directory",
  EACCES: "must not be read by this user",
  ELOOP: "is a symbolic link that leads back to itself",
  ENAMETOOLONG: "has a name that is too long",
};

function reason(code: string): string {
  return REASONS[code] ?? `cannot be read (${code})`;
}

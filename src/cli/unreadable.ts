import { AxonError, type AxonErrorOptions } from "../errors.ts";

/** Why a file could not be read, from the cause in `options`. */
export function unreadable(file: string, options: AxonErrorOptions): AxonError {
  const { code } = options.cause as NodeJS.ErrnoException;
  return new AxonError("FILE_UNREADABLE", `${file} ${reason(code)}`, options);
}

function reason(code: string | undefined): string {
  if (code === "ENOENT") return "is not there";
  if (code === "EISDIR") return "is a directory";
  if (code === "EACCES") return "must not be read by this user";
  if (code === "ENCODING") return "is not UTF-8 text";
  return `cannot be read (${code ?? "unknown reason"})`;
}

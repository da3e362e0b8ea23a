import { AxonError } from "../errors.ts";

export function unwritable(file: string, cause: unknown): AxonError {
  const { code = "unknown reason" } = cause as NodeJS.ErrnoException;
  return new AxonError("USAGE", `${file} cannot be written (${code})`, { cause });
}

/** Without the slashes at its end; undefined where it is only the root. */
export function normalPath(path: string | undefined): string | undefined {
  const trimmed = path?.replace(/\/+$/, "");
  return trimmed === "" ? undefined : trimmed;
}

export function joinPaths(base: string | undefined, path: string | undefined): string | undefined {
  return normalPath(`${normalPath(base) ?? ""}${normalPath(path) ?? ""}`);
}

/**
 * Whether a rule and a list of the router can hold it: no blanks, no backtick, no comma, no query. Routers compare it
 * with what was asked for when that is decoded, so it holds nothing encoded.
 */
export function isRoutablePath(path: string): boolean {
  return /^\/[^\s\p{Cc}\p{Cs}`,?#%]*$/u.test(path);
}

/** As clients send it. */
export function encodedPath(path: string): string {
  return path.replaceAll(/[^\p{ASCII}\p{Cs}]+/gu, encodeURIComponent);
}

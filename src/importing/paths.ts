/**
 * A path of the host as the Servicefile writes it: from its directory, and the home directory as a variable.
 * `directory`: from where the path is seen.
 */
export function hostPath(path: string, directory: string): string {
  if (path === "~" || path.startsWith("~/")) return `\${HOME}${path.slice(1)}`;
  if (path.startsWith("$")) return path;
  const joined = joinedPath(directory, path);
  return /^(\/|\.\.(\/|$))/.test(joined) ? joined : `./${joined}`;
}

/** `./a/../b` in `conf` is `conf/b`; what leads out of the directory begins with `../` or `/`. */
export function joinedPath(directory: string, path: string): string {
  const isAbsolute = path.startsWith("/");
  const parts = [...(isAbsolute ? [] : directory.split("/")), ...path.split("/")];
  const kept: string[] = [];
  for (const part of parts) {
    if (part === ".." && kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (part !== "" && part !== ".") kept.push(part);
  }
  const isFromRoot = isAbsolute || directory.startsWith("/");
  return `${isFromRoot ? "/" : ""}${kept.join("/")}`;
}

/** The directory that a file is in; "" where it is that of the Servicefile. */
export function directoryOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

/** Below the directory of the Servicefile, where its own files must be. */
export function isInside(path: string): boolean {
  return !/^(\/|~|\$|\.\.(\/|$))/.test(path);
}

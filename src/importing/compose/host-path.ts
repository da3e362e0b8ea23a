/**
 * A path of the host as the Servicefile writes it: from its directory, and the home directory as a variable.
 * `directory`: from where the path is seen.
 */
export function hostPath(path: string, directory: string): string {
  if (path === "~" || path.startsWith("~/")) return `\${HOME}${path.slice(1)}`;
  if (/^[/$]/.test(path)) return path;
  const joined = cleaned([...directory.split("/"), ...path.split("/")]);
  if (directory.startsWith("/")) return `/${joined}`;
  return joined.startsWith("../") || joined === ".." ? joined : `./${joined}`;
}

function cleaned(parts: readonly string[]): string {
  const kept: string[] = [];
  for (const part of parts) {
    if (part === ".." && kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (part !== "" && part !== ".") kept.push(part);
  }
  return kept.join("/");
}

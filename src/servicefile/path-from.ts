/**
 * A path that stands in a file, as seen from the directory of the Servicefile: `./a/../b.env` in
 * `conf/base.yaml` is `conf/b.env`. undefined: it leads out of that directory. Empty: it leads to no file.
 */
export function pathFrom(file: string | undefined, path: string): string | undefined {
  if (/^[/~]/.test(path)) return undefined;
  const parts = file?.split("/").slice(0, -1) ?? [];
  for (const part of path.split("/")) {
    if (part === ".." && parts.pop() === undefined) return undefined;
    if (part !== ".." && part !== "" && part !== ".") parts.push(part);
  }
  return path === "" ? "" : parts.join("/");
}

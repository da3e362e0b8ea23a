/** Where a path leads that stands in a file. */
export interface PathFrom {
  /** From the directory of the Servicefile, or absolute; empty: to no file. */
  readonly path: string;
  /** Out of that directory. */
  readonly isOutside: boolean;
}

/** `./a/../b.env` in `conf/base.yaml` is `conf/b.env`. `file`: the file that it stands in, seen in the same way. */
export function pathFrom(file: string | undefined, path: string): PathFrom {
  if (path === "") return { path, isOutside: false };
  if (path.startsWith("~")) return { path, isOutside: true };
  const whole = path.startsWith("/") ? path : directoryOf(file) + path;
  const root = whole.startsWith("/") ? "/" : "";
  const parts: string[] = [];
  for (const part of whole.split("/")) take(part, parts, root !== "");
  return { path: root + parts.join("/"), isOutside: root !== "" || parts[0] === ".." };
}

/** With the slash at its end. */
function directoryOf(file = ""): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}

function take(part: string, parts: string[], isAbsolute: boolean): void {
  if (part === "" || part === ".") return;
  if (part !== "..") parts.push(part);
  else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
  else if (!isAbsolute) parts.push(part);
}

/** What to do about a path that leads out. */
export const OUTSIDE_HINT =
  "write a path below the directory of the Servicefile, or give --allow-outside";

import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import type { MountEntry } from "../servicefile.ts";
import { childOf, itemsOf, type Tree, textOf } from "../yaml/tree.ts";
import { containerPath } from "./container-path.ts";
import { longOptions, type MountOptions, shortOptions } from "./mount-options.ts";

/** Compose's list of volumes, short and long. */
export function canonicalMounts(tree: Tree | undefined, report: Report): readonly MountEntry[] {
  if (tree?.kind !== "list") return [];
  const mounts = itemsOf(tree).flatMap((item) => {
    const mount = item.kind === "map" ? longMount(item, report) : shortMount(item, report);
    return mount === undefined ? [] : [mount];
  });
  reportRepeated(mounts, report);
  return mounts;
}

/** `data:/srv/data`, `./conf:/etc/app:ro`, `/var/log:/logs` */
function shortMount(item: Tree, report: Report): MountEntry | undefined {
  const text = textOf(item) ?? "";
  const [source = "", target, mode, ...more] = text.split(":");
  const { path } = item;
  if (target === undefined) {
    const says = `must name what is mounted and where, and is ${quoted(text)}`;
    report({
      path,
      says,
      hint: `write data:/${text.replace(/^[./]+/, "")}: a volume without a name would be lost`,
    });
    return undefined;
  }
  const mount = mountOf({ item, source, target }, report);
  const told = shortOptions(mode, mount?.kind ?? "bind");
  if (more.length > 0 || told === undefined) {
    const says = `must be source:target, with ro, rw${OPTIONS[mount?.kind ?? "bind"]} after it, and is ${quoted(text)}`;
    report({ path, says });
    return undefined;
  }
  return mount && { ...mount, ...told };
}

const OPTIONS = { bind: ", z, Z or a propagation like rshared", volume: " or nocopy", tmpfs: "" };

function longMount(item: Tree, report: Report): MountEntry | undefined {
  const textAt = (key: string) => textOf(childOf(item, key)) ?? "";
  const [type, source, target] = [textAt("type"), textAt("source"), textAt("target")];
  const told = longOptions(item, report);
  if (type === "tmpfs") return tmpfs({ item, source, target }, told, report);
  if (type === "") return undefined;
  if (childOf(item, "source") === undefined) {
    report({ path: item.path, says: "must have the key source" });
    return undefined;
  }
  const isPath = type === "bind" && !source.startsWith("/");
  const mount = mountOf({ item, source: isPath ? `./${source}` : source, target }, report);
  if (mount === undefined) return undefined;
  if (mount.kind === type) return { ...mount, ...told };
  const says = `has the type ${quoted(type)}, and its source is a path of the host`;
  report({ path: item.path, says, hint: `write type: ${mount.kind}` });
  return undefined;
}

interface Written {
  readonly item: Tree;
  readonly source: string;
  readonly target: string;
}

function tmpfs({ item, source, target }: Written, told: MountOptions, report: Report): MountEntry {
  const { path } = item;
  if (source !== "") report({ path: [...path, "source"], says: "cannot be said of a tmpfs" });
  return { kind: "tmpfs", source: "", target: containerPath(target, item, report), path, ...told };
}

type Bare = Omit<MountEntry, keyof MountOptions>;

function mountOf({ item, source, target }: Written, report: Report): Bare | undefined {
  const { path } = item;
  const common = { target: containerPath(target, item, report), path };
  if (/^(\/|\.{1,2}(\/|$))/.test(source)) {
    return { kind: "bind", source: fromFile(item.file, source), ...common };
  }
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/.test(source)) {
    return { kind: "volume", source, ...common };
  }
  const says = `mounts ${quoted(source)}, which is neither a path nor the name of a volume`;
  report({ path, says, hint: "write /path, ./path or a name" });
  return undefined;
}

/** A relative path is seen from the file that it stands in. */
function fromFile(file: string | undefined, source: string): string {
  const folder = file?.includes("/") ? file.slice(0, file.lastIndexOf("/")) : undefined;
  return source.startsWith("/") || folder === undefined ? source : `${folder}/${source}`;
}

function reportRepeated(mounts: readonly MountEntry[], report: Report): void {
  const seen = new Set<string>();
  for (const { target, path } of mounts) {
    if (seen.has(target)) report({ path, says: `mounts something at ${quoted(target)} again` });
    seen.add(target);
  }
}

import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import type { MountEntry } from "../servicefile.ts";
import { childOf, type Tree, textOf } from "../yaml/tree.ts";
import { recordOf } from "./record-of.ts";
import { bytesOf } from "./size.ts";

export type MountOptions = Pick<MountEntry, "readOnly" | "options" | "createHostPath">;

type Kind = MountEntry["kind"];

const PROPAGATIONS = ["private", "rprivate", "shared", "rshared", "slave", "rslave"];

/** `ro,z`; undefined: it is not understood. */
export function shortOptions(mode: string | undefined, kind: Kind): MountOptions | undefined {
  const words = mode?.split(",") ?? [];
  const rest = words.filter((word) => word !== "ro" && word !== "rw");
  const options = rest.map((word) => shortOption(word, kind));
  if (options.some((option) => option === undefined)) return undefined;
  const named = Object.fromEntries(options.filter((option) => option !== undefined));
  return told({ readOnly: words.includes("ro"), named });
}

function shortOption(word: string, kind: Kind): [string, string] | undefined {
  if (kind === "volume") return word === "nocopy" ? ["nocopy", "true"] : undefined;
  if (word === "z" || word === "Z") return ["selinux", word];
  return PROPAGATIONS.includes(word) ? ["propagation", word] : undefined;
}

/** What stands under `bind`, `volume` and `tmpfs`; each only where the mount is of that type. */
export function longOptions(item: Tree, report: Report): MountOptions {
  const type = textOf(childOf(item, "type"));
  const at = (key: string) => (key === type ? childOf(item, key) : undefined);
  for (const key of ["bind", "volume", "tmpfs"]) {
    const options = childOf(item, key);
    if (key === type || options === undefined) continue;
    const says = `is for a mount of type ${key}, and this one is of type ${type}`;
    report({ path: options.path, says });
  }
  const size = bytesOf(childOf(at("tmpfs"), "size"));
  const entries: [string, string | undefined][] = [
    ["nocopy", isOn(childOf(at("volume"), "nocopy")) ? "true" : undefined],
    ["subpath", textOf(childOf(at("volume"), "subpath"))],
    ["propagation", textOf(childOf(at("bind"), "propagation"))],
    ["selinux", textOf(childOf(at("bind"), "selinux"))],
    ["size", size ? String(size) : undefined],
    ["mode", fileMode(childOf(at("tmpfs"), "mode"), report)],
  ];
  const named = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  const create = childOf(at("bind"), "create_host_path");
  return told({
    readOnly: isOn(childOf(item, "read_only")),
    named,
    createHostPath: checkedCreate(create, named.selinux, report),
  });
}

interface Told {
  readonly readOnly: boolean;
  readonly named: Readonly<Record<string, string | undefined>>;
  readonly createHostPath?: boolean;
}

/** A propagation that is the usual one says nothing. The engine makes every path that it is to label. */
function told({ readOnly, named, createHostPath = false }: Told): MountOptions {
  const entries = Object.entries(named).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === "rprivate" ? [] : [[name, value]],
  );
  return {
    readOnly,
    ...(entries.length > 0 && { options: recordOf(entries) }),
    ...((createHostPath || named.selinux !== undefined) && { createHostPath: true }),
  };
}

function checkedCreate(
  tree: Tree | undefined,
  selinux: string | undefined,
  report: Report,
): boolean {
  const isOff = tree?.kind === "scalar" && tree.value === false;
  if (tree !== undefined && isOff && selinux !== undefined) {
    const says = "cannot be false with selinux: engines make a path that they are to label";
    report({ path: tree.path, says });
  }
  return isOn(tree);
}

/** Octal; YAML's own 0o1777 and the text 1777 are the same. */
function fileMode(tree: Tree | undefined, report: Report): string | undefined {
  const text = textOf(tree);
  if (tree === undefined || text === undefined) return undefined;
  const digits = /^(?:0o|0)?([0-7]{3,4})$/.exec(text)?.[1];
  if (digits !== undefined) return Number.parseInt(digits, 8).toString(8);
  report({ path: tree.path, says: `must be a mode in octal, like 1777, and is ${quoted(text)}` });
  return undefined;
}

function isOn(tree: Tree | undefined): boolean {
  return tree?.kind === "scalar" && tree.value === true;
}

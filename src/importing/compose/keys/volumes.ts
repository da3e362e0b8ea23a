import {
  childOf,
  entriesOf,
  itemsOf,
  type MapNode,
  type Node,
  scalarOf,
  textOf,
} from "../../node.ts";
import { kept, mapOf, type Out, type OutMap } from "../../out.ts";
import { hostPath, isInside, joinedPath } from "../../paths.ts";
import { octal } from "../octal.ts";
import type { Convert, ServiceContext } from "../service-context.ts";

/** The forms are those of the Servicefile. Paths come to be seen from its directory, and every volume has a name. */
export const volumes: Convert = (node, context) => {
  const all = itemsOf(node).flatMap((item): readonly Out[] =>
    item.kind === "map" ? longVolume(item, context) : shortVolume(item, context),
  );
  return all.length > 0 ? [["volumes", all]] : [];
};

const PATH = /^(?:\/|\.{1,2}(?:\/|$)|~(?:\/|$))/;
/** Up to the first colon that is not in a reference. */
const SOURCE = /^(?:\$\{(?:[^{}]|\{[^{}]*\})*\}|\$\$|[^:$])*/;
/** Of another system than Linux. */
const IGNORED = ["cached", "delegated", "consistent"];

function shortVolume(item: Node, context: ServiceContext): readonly Out[] {
  const scalar = scalarOf(item);
  if (scalar === undefined) return [];
  const [source = "", target] = scalar.text.split(":");
  if (target === undefined) return [anonymous(item, source, context)];
  const written = withoutIgnored(scalar.written, item, context);
  if (!PATH.test(source)) {
    context.project.used.volumes.add(source);
    return [written];
  }
  const [from = ""] = SOURCE.exec(written) ?? [];
  const path = hostPath(from, item.directory);
  if (isMade(source, item, context)) return [madeMount(path, written.slice(from.length + 1))];
  return [`${path}${written.slice(from.length)}`];
}

/** Compose makes a directory where nothing is. Asked of the project's own paths: others are the host's matter. */
function isMade(source: string, item: Node, { name, project, findings }: ServiceContext): boolean {
  const path = joinedPath(item.directory, source);
  if (!isInside(path) || project.others.isThere(path) !== false) return false;
  const says = `${source} is not there now: it is made as a directory`;
  findings.change(`${name}.volumes`, item, says);
  return true;
}

function madeMount(source: string, rest: string): Out {
  const [target = "", modes = ""] = rest.split(":");
  const options = modes.split(",");
  const bind = mapOf([
    ["create_host_path", true],
    ["selinux", options.find((option) => /^z$/i.test(option))],
  ]);
  return mapOf([
    ["type", "bind"],
    ["source", source],
    ["target", target],
    ["read_only", options.includes("ro") || undefined],
    ["bind", bind],
  ]);
}

function withoutIgnored(written: string, item: Node, { name, findings }: ServiceContext): string {
  const [, before, modes] = /^(.*):([a-zA-Z,]+)$/.exec(written) ?? [];
  const options = modes?.split(",") ?? [];
  const without = options.filter((option) => !IGNORED.includes(option));
  if (without.length === options.length) return written;
  findings.drop(`${name}.volumes`, item, `${written}: engines on Linux do not look at it`);
  return [before, ...(without.length > 0 ? [without.join(",")] : [])].join(":");
}

/** The engine would give it a name that nobody knows, and a replacement would lose it. */
function anonymous(item: Node, target: string, context: ServiceContext): string {
  const { name, project, findings } = context;
  const service = project.serviceNames.get(name) ?? name;
  const place = target.replaceAll(/[^a-zA-Z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "");
  const volume = `${service}-${place}`;
  findings.change(`${name}.volumes`, item, `${target} has no name: it is the volume ${volume} now`);
  return `${volume}:${target}`;
}

const PLACE = ["type", "source", "target", "read_only", "consistency"];

function longVolume(item: MapNode, context: ServiceContext): readonly Out[] {
  const { name, project, findings } = context;
  const type = textOf(childOf(item, "type")) ?? "volume";
  const target = scalarOf(childOf(item, "target"))?.written ?? "";
  const source = scalarOf(childOf(item, "source"));
  const consistency = childOf(item, "consistency");
  if (consistency) {
    const says = "engines on Linux do not look at it";
    findings.drop(`${name}.volumes.consistency`, consistency, says);
  }
  if (type === "volume" && source === undefined) return [anonymous(item, target, context)];
  if (type === "volume" && source) project.used.volumes.add(source.text);
  const isPath = type === "bind" && source;
  const from = isPath ? hostPath(source.written, item.directory) : source?.written;
  const options = entriesOf(item).filter(([key]) => !PLACE.includes(key));
  const isReadOnly = textOf(childOf(item, "read_only")) === "true";
  const place = { type, from, target, isReadOnly };
  return [options.length === 0 && type !== "tmpfs" ? shortText(place) : longOut(place, options)];
}

interface Placed {
  readonly type: string;
  readonly from: string | undefined;
  readonly target: string;
  readonly isReadOnly: boolean;
}

function shortText({ from, target, isReadOnly }: Placed): string {
  return `${from}:${target}${isReadOnly ? ":ro" : ""}`;
}

function longOut(
  { type, from, target, isReadOnly }: Placed,
  options: readonly (readonly [string, Node])[],
): Out {
  return mapOf([
    ["type", type],
    ["source", from],
    ["target", target],
    ["read_only", isReadOnly || undefined],
    ...options.map(([key, value]) => [key, optionsOf(key, value)] as const),
  ]);
}

function optionsOf(key: string, node: Node): Out | undefined {
  if (key.startsWith("x-")) return undefined;
  const options = kept(node);
  const mode = key === "tmpfs" ? scalarOf(childOf(node, "mode")) : undefined;
  if (mode === undefined || !(options instanceof Map)) return options;
  return new Map([...(options as OutMap), ["mode", octal(mode)]]);
}

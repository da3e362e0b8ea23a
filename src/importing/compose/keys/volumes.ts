import {
  childOf,
  entriesOf,
  itemsOf,
  type MapNode,
  type Node,
  scalarOf,
  textOf,
} from "../../node.ts";
import { literal } from "../../out.ts";
import { hostPath } from "../host-path.ts";
import type { Convert, Entries, ServiceContext } from "../service-context.ts";

/** Volumes as a list of `source:target`, and what is in memory as tmpfs. */
export const volumes: Convert = (node, context) => {
  const found = itemsOf(node).map((item) =>
    item.kind === "map" ? longVolume(item, context) : shortVolume(item, context),
  );
  const all = (key: string) => found.flatMap((entries) => entries.filter(([name]) => name === key));
  return ["volumes", "tmpfs"].flatMap((key): Entries => {
    const values = all(key).flatMap(([, value]) => (value === undefined ? [] : [value]));
    return values.length > 0 ? [[key, values]] : [];
  });
};

const PATH = /^(?:\/|\.{1,2}(?:\/|$)|~(?:\/|$))/;

function shortVolume(item: Node, context: ServiceContext): Entries {
  const scalar = scalarOf(item);
  if (scalar === undefined) return [];
  const [source = "", target, modes] = scalar.text.split(":");
  if (target === undefined) return anonymous(item, source, context);
  const options = (modes ?? "rw").split(",");
  for (const option of options.filter((one) => !["rw", "ro"].includes(one))) {
    context.findings.drop(`${context.name}.volumes`, item, volumeOption(option, scalar.text));
  }
  const isReadOnly = options.includes("ro");
  const isKept = options.every((one) => ["rw", "ro"].includes(one));
  if (!PATH.test(source) && isKept) return [["volumes", scalar.written]];
  if (PATH.test(source) && isKept && scalar.text === scalar.written) {
    const rest = scalar.written.slice(source.length);
    return [["volumes", `${hostPath(source, item.directory)}${rest}`]];
  }
  if (isKept && /^\$\{/.test(scalar.written)) return [["volumes", scalar.written]];
  const from = PATH.test(source) ? hostPath(literal(source), item.directory) : literal(source);
  return [["volumes", `${from}:${literal(target)}${isReadOnly ? ":ro" : ""}`]];
}

function volumeOption(option: string, text: string): string {
  if (/^z$/i.test(option)) return `${text}: files get no label of SELinux`;
  if (option === "nocopy") return `${text}: a new volume begins with what the image has there`;
  return `${text}: mounts have no option ${option}`;
}

/** The engine would give it a name that nobody knows, and a replacement would lose it. */
function anonymous(item: Node, target: string, context: ServiceContext): Entries {
  const { name, project, findings } = context;
  const service = project.serviceNames.get(name) ?? name;
  const volume = `${service}-${target.replaceAll(/[^a-zA-Z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "")}`;
  findings.change(`${name}.volumes`, item, `${target} has no name: it is the volume ${volume} now`);
  return [["volumes", `${volume}:${literal(target)}`]];
}

const KNOWN = ["type", "source", "target", "read_only"];
const BELOW: Readonly<Record<string, string>> = {
  consistency: "engines on Linux do not look at it",
  bind: "mounts have no such option",
  volume: "mounts have no such option",
  tmpfs: "mounts have no such option",
};

function longVolume(item: MapNode, context: ServiceContext): Entries {
  const text = (key: string) => scalarOf(childOf(item, key))?.written ?? "";
  const type = textOf(childOf(item, "type")) ?? "volume";
  const target = text("target");
  if (type === "tmpfs") return inMemory(item, target, context);
  for (const [key, value] of entriesOf(item))
    if (!KNOWN.includes(key)) tellOption([key, value], context);
  if (type !== "bind" && type !== "volume") {
    context.findings.drop(
      `${context.name}.volumes`,
      item,
      `mounts of the type ${type} are not known`,
    );
    return [];
  }
  const source = text("source");
  if (source === "") return anonymous(item, target, context);
  const isReadOnly = textOf(childOf(item, "read_only")) === "true";
  const from = type === "bind" ? hostPath(source, item.directory) : source;
  return [["volumes", `${from}:${target}${isReadOnly ? ":ro" : ""}`]];
}

function tellOption(
  [key, node]: readonly [string, Node],
  { name, findings }: ServiceContext,
): void {
  const says = BELOW[key] ?? "is not known";
  if (key.startsWith("x-")) return;
  if (node.kind !== "map") findings.drop(`${name}.volumes.${key}`, node, says);
  for (const [below, value] of entriesOf(node)) {
    const subject = `${name}.volumes.${key}.${below}`;
    if (below === "create_host_path") {
      const isOff = textOf(value) === "false";
      if (!isOff) findings.drop(subject, value, "what is mounted from the host must be there");
    } else findings.drop(subject, value, says);
  }
}

function inMemory(item: MapNode, target: string, context: ServiceContext): Entries {
  const size = scalarOf(childOf(childOf(item, "tmpfs"), "size"));
  const mode = scalarOf(childOf(childOf(item, "tmpfs"), "mode"));
  const octal = mode && (typeof mode.value === "number" ? modeText(mode.text) : mode.written);
  const options = [size && `size=${size.written}`, octal && `mode=${octal}`].filter(Boolean);
  for (const [key, value] of entriesOf(item)) {
    if (![...KNOWN, "tmpfs"].includes(key)) tellOption([key, value], context);
  }
  const isReadOnly = textOf(childOf(item, "read_only")) === "true";
  const all = isReadOnly ? ["ro", ...options] : options;
  return [["tmpfs", all.length > 0 ? `${target}:${all.join(",")}` : target]];
}

/** Compose reads 01777 as octal, and 1023 as what it is. */
function modeText(text: string): string {
  return /^0o?[0-7]+$/.test(text) ? text.replace(/^0o?/, "") : Number(text).toString(8);
}

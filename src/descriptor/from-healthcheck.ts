import type { HealthcheckEntry } from "../servicefile/servicefile.ts";
import { millisecondsOf, numberOf, textOf, wordsOf } from "./label-values.ts";
import { child, isMap, type LabelNode } from "./parse-label.ts";

/** `node` has passed the schema. A probe that names no port means the only one. */
export function healthcheckOf(
  node: LabelNode,
  ports: readonly string[],
): HealthcheckEntry | "none" | undefined {
  if (node.value === undefined || node.value === null) return undefined;
  if (!isMap(node.value)) return "none";
  const test = testOf(child(node, "test"));
  if (test?.[0] === "NONE") return "none";
  return defined({
    test,
    http: httpOf(child(node, "http"), ports, "http" in node.value),
    tcp: "tcp" in node.value ? { port: portOf(child(node, "tcp"), ports) } : undefined,
    interval: millisecondsOf(child(node, "interval")),
    timeout: millisecondsOf(child(node, "timeout")),
    startPeriod: millisecondsOf(child(node, "start_period")),
    retries: numberOf(child(node, "retries")),
  });
}

function httpOf(
  node: LabelNode,
  ports: readonly string[],
  given: boolean,
): HealthcheckEntry["http"] {
  if (!given) return undefined;
  return { port: portOf(node, ports), path: textOf(child(node, "path")) ?? "/" };
}

function portOf(node: LabelNode, ports: readonly string[]): string | number {
  const port = child(node, "port");
  return numberOf(port) ?? textOf(port) ?? (ports.length === 1 ? ports[0] : undefined) ?? "";
}

/** In Docker's form; a plain list is a command. */
function testOf(node: LabelNode): readonly string[] | undefined {
  if (typeof node.value === "string") return ["CMD-SHELL", node.value];
  const words = wordsOf(node);
  if (words[0] === undefined) return undefined;
  return ["CMD", "CMD-SHELL", "NONE"].includes(words[0]) ? words : ["CMD", ...words];
}

function defined(entry: { [K in keyof HealthcheckEntry]: HealthcheckEntry[K] | undefined }) {
  const given = Object.entries(entry).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as HealthcheckEntry;
}

import type { Report } from "../problems/problem.ts";
import type { HealthcheckEntry } from "../servicefile.ts";
import { childOf, itemsOf, type Tree, textOf } from "../yaml/tree.ts";
import { checkLabel } from "./dns-label.ts";
import { milliseconds, positiveMilliseconds } from "./duration.ts";
import { isPortNumber, portRange } from "./port-number.ts";

type Canonical = HealthcheckEntry | "none" | undefined;

/** What is not given stays out: it keeps what the image says. */
export function canonicalHealthcheck(tree: Tree | undefined, report: Report): Canonical {
  if (tree === undefined) return undefined;
  const test = testOf(childOf(tree, "test"), report);
  const disable = childOf(tree, "disable");
  const isOff = disable?.kind === "scalar" && disable.value === true;
  if (tree.kind === "scalar" || isOff || test?.[0] === "NONE") return "none";
  checkOneProbe(tree, report);
  return onlyGiven({
    test,
    http: httpOf(childOf(tree, "http"), report),
    tcp: tcpOf(childOf(tree, "tcp"), report),
    interval: positiveMilliseconds(childOf(tree, "interval"), report),
    timeout: positiveMilliseconds(childOf(tree, "timeout"), report),
    startPeriod: milliseconds(childOf(tree, "start_period"), report),
    startInterval: positiveMilliseconds(childOf(tree, "start_interval"), report),
    retries: numberOf(childOf(tree, "retries")),
  });
}

type Given = { readonly [Key in keyof HealthcheckEntry]?: HealthcheckEntry[Key] | undefined };

function onlyGiven(entry: Given): HealthcheckEntry {
  const given = Object.entries(entry).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as HealthcheckEntry;
}

function checkOneProbe(tree: Tree, report: Report): void {
  const [, second] = ["test", "http", "tcp"].filter((key) => childOf(tree, key));
  if (second === undefined) return;
  const says = "is one of several checks, and only one can be made";
  report({ path: [...tree.path, second], says, hint: "keep one of test, http and tcp" });
}

function testOf(tree: Tree | undefined, report: Report): readonly string[] | undefined {
  const text = textOf(tree);
  if (tree === undefined) return undefined;
  if (text !== undefined) return ["CMD-SHELL", text];
  const words = itemsOf(tree).map((item) => textOf(item) ?? "");
  const [first] = words;
  if (first !== "CMD" && first !== "CMD-SHELL" && first !== "NONE") return ["CMD", ...words];
  if (first === "NONE" || (first === "CMD" ? words.length > 1 : words.length === 2)) return words;
  const wanted = first === "CMD" ? "needs a command after CMD" : "needs one text after CMD-SHELL";
  report({ path: tree.path, says: wanted });
  return undefined;
}

/** `{port: http, path: /health}`, or `http/health`, or `http` alone for `/`. */
function httpOf(tree: Tree | undefined, report: Report): HealthcheckEntry["http"] {
  const text = textOf(tree);
  if (tree === undefined) return undefined;
  const [, written = "", below] = /^([^/]*)(\/.*)?$/.exec(text ?? "") ?? [];
  const source = text === undefined ? textOf(childOf(tree, "port")) : written;
  const port = portOf(source ?? "", tree, report);
  const path = text === undefined ? textOf(childOf(tree, "path")) : below;
  return port === undefined ? undefined : { port, path: path ?? "/" };
}

function tcpOf(tree: Tree | undefined, report: Report): HealthcheckEntry["tcp"] {
  if (tree === undefined) return undefined;
  const port = portOf(textOf(tree) ?? textOf(childOf(tree, "port")) ?? "", tree, report);
  return port === undefined ? undefined : { port };
}

function portOf(text: string, { path }: Tree, report: Report): string | number | undefined {
  if (isPortNumber(text)) return portRange(text, path, report);
  return checkLabel(text, path, report) ? text : undefined;
}

function numberOf(tree: Tree | undefined): number | undefined {
  return tree?.kind === "scalar" ? Number(tree.value) : undefined;
}

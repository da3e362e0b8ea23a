import { parseEnvFile } from "../../../servicefile/env-file.ts";
import { rawEntries } from "../../env-lines.ts";
import { childOf, itemsOf, type Node, scalarOf, textOf } from "../../node.ts";
import { literal, mapOf, type Out } from "../../out.ts";
import { isInside, joinedPath } from "../../paths.ts";
import type { Convert, Entries, ServiceContext } from "../service-context.ts";
import { interpolate } from "../template.ts";

interface EnvFile {
  readonly node: Node;
  /** From the directory of the Servicefile. */
  readonly path: string;
  readonly text: string;
  readonly isRaw: boolean;
}

/** Files stay files, unless Compose does more with them than a Servicefile: then env has what they say. */
export const envFile: Convert = (node, context) => {
  const files = itemsOf(node).flatMap((item) => readFile(item, context));
  const [first, ...more] = files;
  if (first === undefined) return [];
  const reasons = files
    .map((file) => reasonToInline(file))
    .filter((reason) => reason !== undefined);
  const [reason] = reasons;
  if (reason === undefined) {
    return [["env_file", more.length > 0 ? files.map(({ path }) => path) : first.path]];
  }
  context.findings.change(`${context.name}.env_file`, node, `is written out as env: ${reason}`);
  return inlined(files, context);
};

function readFile(item: Node, context: ServiceContext): readonly EnvFile[] {
  const { name, project, findings } = context;
  const written = scalarOf(item.kind === "map" ? childOf(item, "path") : item);
  if (written === undefined) return [];
  const path = joinedPath(item.directory, written.text);
  const text = project.others.read(path);
  if (typeof text === "string") {
    return [{ node: item, path, text, isRaw: textOf(childOf(item, "format")) === "raw" }];
  }
  if (text === undefined) return [];
  const subject = `${name}.env_file`;
  const isOptional = textOf(childOf(item, "required")) === "false";
  if (isOptional) findings.drop(subject, item, `${written.text} is not there, and not required`);
  else findings.fail({ subject, says: `names ${written.text}, which is not there` }, item);
  return [];
}

function reasonToInline({ path, text, isRaw }: EnvFile): string | undefined {
  if (!isInside(path)) return `${path} is not in the directory of the Servicefile`;
  if (isRaw) return `${path} is taken as it is, without quotes and comments`;
  const { entries, problems } = parseEnvFile(text);
  if (problems.length > 0) return `${path} has a name without a value, which is the environment's`;
  const isReplaced = entries.some(([name, value]) => value.includes("$") && !isSingle(name, text));
  return isReplaced ? `Compose replaces variables in ${path}` : undefined;
}

/** In single quotes a dollar is one. */
function isSingle(name: string, text: string): boolean {
  const lines = text.split("\n").map((line) => line.trim().replace(/^export\s+/, ""));
  return lines.some((line) => line.startsWith(`${name}='`));
}

function inlined(files: readonly EnvFile[], context: ServiceContext): Entries {
  const all = new Map<string, Out>();
  for (const file of files)
    for (const [name, value] of valuesOf(file, context)) all.set(name, value);
  return all.size > 0 ? [["env", mapOf([...all])]] : [];
}

function valuesOf(
  { text, isRaw }: EnvFile,
  { variables }: ServiceContext,
): readonly (readonly [string, Out])[] {
  if (isRaw) return rawEntries(text);
  return parseEnvFile(withNames(text)).entries.map(([name, value]) => {
    const isAsItIs = !value.includes("$") || isSingle(name, text);
    return [
      name,
      isAsItIs ? literal(value) : (interpolate(value, variables)?.written ?? literal(value)),
    ];
  });
}

/** `NAME` alone is the variable of that name. */
function withNames(text: string): string {
  return text.replaceAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*$/gm, "$1=${$1}");
}

import { stringify } from "yaml";
import { AxonError, AxonErrors, type SourcePosition, throwAll } from "../errors.ts";
import { looksSecret } from "../secret.ts";
import { readTree } from "../servicefile/yaml/read-tree.ts";
import { childOf, entriesOf, isNull, nameOf, type Tree, textOf } from "../servicefile/yaml/tree.ts";
import { checkConfigValue, keyProblem } from "./check-key.ts";
import type { KeyEdit } from "./key-change.ts";

/** A deployment's configuration as a file that can be imported again. */
export interface KeysFile {
  readonly deployment: string;
  readonly config: Readonly<Record<string, string>>;
  /** Those that are not for showing; undefined: the value is left out. */
  readonly sensitive: Readonly<Record<string, string | undefined>>;
}

const VERSION = "1.0";
const LONGEST = 16 * 1024 * 1024;

/** The same keys give the same text, byte for byte. */
export function renderKeysFile(file: KeysFile, format: "yaml" | "json"): string {
  const content = {
    format_version: VERSION,
    deployment: file.deployment,
    config: sorted(file.config),
    sensitive: sorted(file.sensitive),
  };
  if (format === "json") return asJson(content);
  // In quotes, a value is what it looks like: text.
  const options = { lineWidth: 0, defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" };
  return stringify(content, { ...options, doubleQuotedMinMultiLineLength: 1e9 } as object);
}

/** Not by an object: it would put keys that are numbers first. */
function asJson(content: Readonly<Record<string, string | Sorted>>): string {
  const value = (part: string | Sorted) => {
    if (typeof part === "string") return JSON.stringify(part);
    const rows = [...part].map(
      ([key, text]) => `    ${JSON.stringify(key)}: ${JSON.stringify(text)}`,
    );
    return rows.length === 0 ? "{}" : `{\n${rows.join(",\n")}\n  }`;
  };
  const rows = Object.entries(content).map(([name, part]) => `  "${name}": ${value(part)}`);
  return `{\n${rows.join(",\n")}\n}\n`;
}

type Sorted = ReadonlyMap<string, string | null>;

/** By bytes, whatever order an object has by itself: numbers would come first. */
function sorted(entries: Readonly<Record<string, string | undefined>>): Sorted {
  const keys = Object.keys(entries).sort();
  return new Map(keys.map((key) => [key, entries[key] ?? null]));
}

export interface KeysSource {
  /** For messages. */
  readonly file: string;
  readonly text: string;
  /** Into which they go; the file may be of another one. */
  readonly deployment: string;
}

export interface ParsedKeys {
  readonly edits: readonly KeyEdit[];
  /** All keys that the file names, also those without their value. */
  readonly names: readonly string[];
  /** Those whose value is left out: they stay as they are. */
  readonly leftOut: readonly string[];
}

/** YAML or JSON. Throws KEYS_FILE_INVALID or KEY_INVALID with each problem and its place. */
export function parseKeysFile(source: KeysSource): ParsedKeys {
  const { tree, positionAt } = readFile(source);
  const errors: AxonError[] = [];
  const tell = (at: SourcePosition, { code, message, hint }: AxonError) =>
    errors.push(new AxonError(code, message, { at, hint }));
  checkTop(tree, (part, problem, hint) =>
    tell(positionAt(part.at), new AxonError("KEYS_FILE_INVALID", problem, { hint })),
  );
  const seen = new Set<string>();
  const read = (section: "config" | "sensitive") =>
    entriesOf(childOf(tree, section)).map(([key, value]) => {
      const problem = entryProblem({ key, value, section, seen }, source.deployment);
      if (problem !== undefined) tell(positionAt(value.at), problem);
      seen.add(key);
      return { key, value: isNull(value) ? undefined : textOf(value), section };
    });
  const entries = [...read("config"), ...read("sensitive")];
  throwAll(errors);
  const edits = entries.flatMap(({ key, value, section }): KeyEdit[] =>
    value === undefined ? [] : [{ kind: "put", key, value, sensitive: section === "sensitive" }],
  );
  const leftOut = entries.filter(({ value }) => value === undefined).map(({ key }) => key);
  return { edits, names: [...seen], leftOut };
}

function readFile({ file, text }: KeysSource) {
  try {
    return readTree({ file, text, longest: LONGEST });
  } catch (problem) {
    const errors = problem instanceof AxonErrors ? problem.errors : [problem];
    throw new AxonErrors(errors.map(asOfKeys));
  }
}

/** What was written for Servicefiles speaks of services. */
function asOfKeys(problem: unknown): AxonError {
  if (!(problem instanceof AxonError)) throw problem;
  const { code, message, at } = problem;
  const hint = code === "SERVICEFILE_SYNTAX" ? problem.hint : "See what axon kv export writes.";
  return new AxonError("KEYS_FILE_INVALID", message, { at, hint });
}

type Tell = (part: Tree, problem: string, hint?: string) => void;

const SECTIONS = ["format_version", "deployment", "config", "sensitive"];

function checkTop(tree: Tree, tell: Tell): void {
  const version = childOf(tree, "format_version");
  const text = version && textOf(version);
  if (text === undefined) {
    tell(tree, "format_version is missing", `Write format_version: "${VERSION}".`);
  } else if (version && !/^1(\.\d+)?$/.test(text)) {
    tell(version, `format_version ${text} is not one that this Axon knows, which is ${VERSION}`);
  }
  for (const [name, part] of entriesOf(tree)) {
    if (!SECTIONS.includes(name)) {
      tell(part, `${nameOf(part.path)} is not a known key`, `The keys are ${SECTIONS.join(", ")}.`);
    } else if (
      (name === "config" || name === "sensitive") &&
      part.kind !== "map" &&
      !isNull(part)
    ) {
      tell(part, `${name} must be a map of keys`);
    }
  }
}

interface Entry {
  readonly key: string;
  readonly value: Tree;
  readonly section: "config" | "sensitive";
  readonly seen: ReadonlySet<string>;
}

function entryProblem({ key, value, section, seen }: Entry, deployment: string) {
  const invalid = (message: string, hint?: string) =>
    new AxonError("KEYS_FILE_INVALID", message, { hint });
  if (seen.has(key)) return invalid(`${key} is named twice`);
  const problem = keyProblem(key, deployment);
  if (problem !== undefined) return problem;
  if (isNull(value)) {
    if (section === "sensitive") return undefined;
    return invalid(`${key} has no value`, 'For an empty one write "".');
  }
  const text = textOf(value);
  if (text === undefined) {
    const hint = looksSecret(key) ? undefined : `For a key below it write ${key}/name: value.`;
    return invalid(`the value of ${key} must be text`, hint);
  }
  try {
    checkConfigValue(key, text);
    return undefined;
  } catch (found) {
    return found as AxonError;
  }
}

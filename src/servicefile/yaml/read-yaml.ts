import { Composer, type Document, type YAMLError } from "yaml";
import { AxonError, type SourcePosition } from "../../errors.ts";
import { lineCounterOf } from "./line-starts.ts";
import { shallowTokens } from "./shallow-tokens.ts";

export interface YamlFile {
  readonly document: Document.Parsed;
  readonly errors: readonly AxonError[];
  positionAt(offset: number): SourcePosition;
}

type PositionAt = YamlFile["positionAt"];

/**
 * Keys are compared later, where the first one can be named too; aliases are never expanded here. `tags`:
 * those that the reader knows, like `!reset`.
 */
export function readYaml(
  { file, text }: { file: string; text: string },
  tags: readonly string[] = [],
): YamlFile {
  const lineOf = lineCounterOf(text);
  // What is missing at the end is shown where the text ends, and not on an empty line below it.
  const last = text.trimEnd().length;
  const positionAt = (offset: number) => ({ file, ...lineOf(Math.min(offset, last)) });
  const tokens = shallowTokens(text, positionAt);
  const composer = new Composer({ uniqueKeys: false });
  const documents = [...composer.compose(tokens, true, text.length)];
  const [document, second] = documents;
  if (document === undefined) throw new Error("the composer made no document");
  const isKnown = ({ code, message }: YAMLError) =>
    code === "TAG_RESOLVE_FAILED" &&
    tags.some((tag) => message.startsWith(`Unresolved tag: ${tag}`));
  document.warnings = document.warnings.filter((warning) => !isKnown(warning));
  return { document, errors: errorsOf(document, second, positionAt), positionAt };
}

function errorsOf(
  document: Document.Parsed,
  second: Document.Parsed | undefined,
  positionAt: PositionAt,
): readonly AxonError[] {
  const problems = [...document.errors, ...document.warnings];
  const errors = [...firstPerLine(problems, positionAt), ...versionErrors(document, positionAt)];
  if (second === undefined) return errors;
  const options = { hint: "remove the line ---", at: positionAt(second.range[0]) };
  const several = "there is more than one YAML document";
  return [...errors, new AxonError("SERVICEFILE_SYNTAX", several, options)];
}

/** One slip makes the parser complain several times about the same line. */
function firstPerLine(
  problems: readonly YAMLError[],
  positionAt: PositionAt,
): readonly AxonError[] {
  const byLine = new Map<number, AxonError>();
  for (const problem of problems) {
    const at = positionAt(problem.pos[0]);
    if (!byLine.has(at.line)) byLine.set(at.line, syntaxError(problem, at));
  }
  return [...byLine.values()];
}

const SENTENCES: Partial<Record<YAMLError["code"], readonly [message: string, hint: string]>> = {
  TAB_AS_INDENT: ["a tab is used as indentation", "indent with spaces"],
  TAG_RESOLVE_FAILED: ["the tag is not known", "remove what begins with !, or quote it"],
};

function syntaxError(problem: YAMLError, at: SourcePosition): AxonError {
  const [message, hint] = SENTENCES[problem.code] ?? [plainSentence(problem.message), undefined];
  return new AxonError("SERVICEFILE_SYNTAX", message, { hint, at });
}

function plainSentence(message: string): string {
  const [line = ""] = message.split("\n");
  const sentence = line.charAt(0).toLowerCase() + line.slice(1, 200);
  return sentence.replace(/[.:]$/, "");
}

/** YAML 1.1 reads `no` and `1:30` differently. */
function versionErrors({ directives }: Document.Parsed, positionAt: PositionAt): AxonError[] {
  const version = directives.yaml.explicit ? directives.yaml.version : "1.2";
  if (version === "1.2") return [];
  const message = `YAML ${version} is asked for, and a Servicefile is YAML 1.2`;
  const hint = "remove the line %YAML";
  return [new AxonError("SERVICEFILE_SYNTAX", message, { hint, at: positionAt(0) })];
}
